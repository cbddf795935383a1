;;;; How cells are written: DEFINE-CELL, CHECK, SIGNALLED, and what they have in common.

(defpackage #:nlib-table
  (:use #:common-lisp))

(in-package #:nlib-table)

(defvar *cells* '() "Names and functions.")

(defmacro define-cell (name &body body)
  `(setf *cells* (append *cells* (list (cons ,name (lambda () ,@body))))))

(defmacro check (form)
  "Fails unless FORM is true; says what its arguments were."
  (if (and (consp form) (member (first form) '(= equal eql equalp string= search < > eq)))
      (let ((values (loop for nil in (rest form) collect (gensym))))
        `(let ,(mapcar #'list values (rest form))
           (unless (,(first form) ,@values)
             (error "~s does not hold: ~s" ',form (list ,@values)))))
      `(unless ,form
         (error "~s does not hold" ',form))))

(defmacro signalled (type &body body)
  "The condition of TYPE that BODY signals; fails when it signals none."
  `(block signalled
     (handler-bind ((,type (lambda (condition) (return-from signalled condition))))
       ,@body)
     (error "~s signals no ~s" ',body ',type)))

(defun fixture (name)
  (merge-pathnames name (concatenate 'string (uiop:getenv "NLIB_FIXTURES") "/")))

(defun kit (&rest arguments)
  (apply #'nlib:load-native-library :source (fixture "kit.c") arguments))

(defun kitpp ()
  (nlib:load-native-library :source (fixture "kitpp.cpp") :flags '("-std=c++17")))

(defun write-file (name text)
  "Writes TEXT into the working directory, and gives the path."
  (let ((path (merge-pathnames name (uiop:getcwd))))
    (with-open-file (out path :direction :output :if-exists :supersede)
      (write-string text out))
    path))

(defun here (path)
  "A path relative to the folder of this binding."
  (merge-pathnames path (asdf:system-source-directory "nlib")))

(defun run-file (path)
  "What loading PATH prints."
  (with-output-to-string (*standard-output*)
    (let ((*package* (find-package "CL-USER")))
      (load path))))

(defun code-blocks (path heading)
  "Conses of a language and a text, for the fenced blocks under HEADING of a page."
  (with-open-file (in path :external-format :utf-8)
    (loop for line = (read-line in) until (string= line heading))
    (loop with blocks = '()
          for line = (read-line in nil nil)
          while (and line (not (and (> (length line) 2) (string= (subseq line 0 3) "## "))))
          do (when (and (> (length line) 3) (string= (subseq line 0 3) "```"))
               (push (cons (subseq line 3)
                           (with-output-to-string (out)
                             (loop for inner = (read-line in)
                                   until (string= inner "```")
                                   do (write-line inner out))))
                     blocks))
          finally (return (nreverse blocks)))))

(defun run-lisp (&rest forms)
  "What another process of the same implementation prints that evaluates FORMS with nlib loaded."
  (uiop:run-program
   (append #+sbcl (list "sbcl" "--noinform" "--no-sysinit" "--no-userinit" "--disable-debugger"
                        "--non-interactive")
           #+ecl (list "ecl" "--norc")
           (list "--load" (namestring (here "tests/compile.lisp")))
           (loop for form in forms append (list "--eval" form))
           #+ecl (list "--eval" "(ext:quit 0)"))
   :output :string :error-output t))
