;;;; Cells: systems, images, CFFI.

(in-package #:nlib-table)

(define-cell "asdf"
  (write-file "game.asd"
              "(defsystem \"game\" :defsystem-depends-on (\"nlib\")
                 :components ((:nlib-library \"pebble\" :source \"pebble.c\" :defines ((\"WEIGHT\" 3))
                                            :package \"PEBBLE\")
                              (:file \"game\" :depends-on (\"pebble\"))))")
  (write-file "pebble.c" "int weight(int count) { return WEIGHT * count; }")
  (write-file "game.lisp" "(defpackage :game (:use :cl) (:export #:play)) (in-package :game)
                           (defun play () (pebble:weight 4))")
  (asdf:load-asd (merge-pathnames "game.asd" (uiop:getcwd)))
  (asdf:load-system "game")
  (check (= 12 (funcall (read-from-string "game:play"))))
  (check (= 3 (nlib:call 'pebble "weight" 1)))
  (asdf:load-system "game")
  (check (string= (nlib:library-name (nlib:library 'pebble)) "pebble"))
  ;; In another process what is compiled is not compiled again, and the library is there
  (let ((printed (run-lisp "(asdf:load-asd (merge-pathnames \"game.asd\" (uiop:getcwd)))"
                           "(handler-bind ((warning #'error)) (asdf:load-system \"game\"))"
                           "(format t \"played ~a~%\" (funcall (read-from-string \"game:play\")))")))
    (check (search "played 12" printed))))

#+sbcl ; ECL dumps no images
(define-cell "dump"
  (let* ((image (namestring (merge-pathnames "image.core" (uiop:getcwd))))
         (path (write-file "kept.c" (format nil "typedef int (*visit)(int);~%~
                                                 int twice(int value) { return 2 * value; }~%~
                                                 int apply(visit f, int value) { return f(value); }~%~
                                                 int state = 1;~%")))
         (definition (format nil "(nlib:define-library kept :source ~s)" (namestring path))))
    (run-lisp definition
              "(nlib:define-functions kept)"
              "(defvar *loaded* (nlib:library 'kept))"
              "(defvar *function* (nlib:native-function *loaded* \"twice\"))"
              "(defvar *point* (nlib:make-foreign :int 5))"
              "(defvar *callback* (nlib:make-callback *loaded* \"visit\" (lambda (x) (+ x 100))))"
              "(assert (= 8 (funcall *function* 4)))"
              "(assert (= 101 (nlib:call *loaded* \"apply\" *callback* 1)))"
              "(setf (nlib:native-variable *loaded* \"state\") 77)"
              (format nil "(sb-ext:save-lisp-and-die ~s)" image))
    (let ((printed (uiop:run-program
                    (list "sbcl" "--core" image "--noinform" "--no-sysinit" "--no-userinit"
                          "--disable-debugger" "--non-interactive"
                          "--eval" "(format t \"loaded ~a~%\" (nlib:library-loaded-p *loaded*))"
                          "--eval" "(format t \"function ~a~%\" (funcall *function* 21))"
                          "--eval" "(format t \"symbol ~a~%\" (kept:twice 4))"
                          "--eval" "(format t \"callback ~a~%\" (nlib:call *loaded* \"apply\" *callback* 1))"
                          "--eval" "(format t \"state ~a~%\" kept:*state*)"
                          "--eval" "(format t \"memory ~a~%\" (handler-case (nlib:value *point*)
                                                               (nlib:dead-object () 'gone)))")
                    :output :string :error-output t)))
      (write-string printed)
      (check (search "loaded NIL" printed))
      (check (search "function 42" printed))
      (check (search "symbol 8" printed))
      (check (search "callback 101" printed))
      (check (search "state 1" printed))
      (check (search "memory GONE" printed)))))

(define-cell "cffi"
  (let ((*standard-output* (make-broadcast-stream)))
    (asdf:load-system "nlib/cffi"))
  (load (here "tests/cffi.lisp")))
