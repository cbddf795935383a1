;;;; What a library declares as symbols of a package: functions, types, constants, variables.
;;;;
;;;; The names are read when the form is compiled. Loading what was compiled needs no library: that is loaded by
;;;; the first call.

(in-package #:nlib)

(defun declaration-of (symbol)
  "The library and the C name that SYMBOL was made for; NIL for other symbols."
  (let ((declaration (get symbol 'native-declaration)))
    (values (car declaration) (cdr declaration))))

(defmacro define-functions (library &key package prefixes only except (documentation t))
  "Makes a package with a symbol for everything that the headers of LIBRARY declare. LIBRARY is the name of one, see
DEFINE-LIBRARY; the package is called like it, or PACKAGE.

  functions    (kit:kit-add 1 2); in C++ (kitpp:kit-greet \"you\"), and for the class Tally of the namespace kit
               MAKE-KIT-TALLY, KIT-TALLY-NEXT, DESTROY-KIT-TALLY
  types        (nlib:make-foreign 'kit:kit-point :x 1d0)
  constants    kit:+kit-version+, enumerators too: kit:+kit-red+
  variables    kit:*kit-calls*

PREFIXES, a list of texts, are left off: with (\"kit_\") it is (kit:add 1 2). ONLY and EXCEPT are lists of C names.
Of several C names that are the same in Lisp the first one gets the symbol; the others get one that is spelled
as in C, |kitAdd|. Comments of the headers become documentation unless DOCUMENTATION is false."
  (let* ((actual (find-library library))
         (package (string (or package library)))
         (names (chosen-names actual prefixes only except documentation)))
    `(progn
       (eval-when (:compile-toplevel :load-toplevel :execute)
         (install-names ',library ,package ',names))
       ',library)))

(defun chosen-names (library prefixes only except documentation)
  "Lists of a kind, a C name, a Lisp name and a documentation."
  (let ((taken (make-hash-table :test #'equal))
        (interface (library-description library)))
    (dolist (name only)
      (describe-item interface nil name))
    (loop for kind in '("function" "record" "enum" "typedef" "variable" "constant" "enumerator")
          append
          (loop for name in (declared-names interface kind)
                when (and (or (null only) (member name only :test #'string=))
                          (not (member name except :test #'string=)))
                  collect (let* ((lisp-name (symbol-name-for kind name prefixes))
                                 (key (cons (name-space kind) lisp-name))
                                 (free (null (gethash key taken))))
                            (unless (and (not free) (string= (gethash key taken) name))
                              (setf (gethash key taken) name))
                            (list kind name (if free lisp-name name)
                                  (and documentation (string= kind "function")
                                       (function-documentation interface name))))))))

(defun name-space (kind)
  (if (string= kind "function") :function (if (member kind '("variable" "constant" "enumerator")
                                                      :test #'string=)
                                              :value :type)))

(defun symbol-name-for (kind name prefixes)
  (cond ((string= kind "function") (function-lisp-name name prefixes))
        ((string= kind "variable") (format nil "*~a*" (lisp-name name prefixes)))
        ((or (string= kind "constant") (string= kind "enumerator"))
         (format nil "+~a+" (lisp-name name prefixes)))
        (t (lisp-name name prefixes))))

(defun function-documentation (interface name)
  (handler-case
      (format nil "~{~a~^~2%~}"
              (mapcar (lambda (item)
                        (format nil "~a~@[~%~a~]"
                                (candidate-text (parse-candidate item interface))
                                (getf item :documentation)))
                      (describe-item interface "function" name)))
    (nlib-error () nil)))

(defun install-names (library package-name names)
  "Makes the symbols of NAMES, see CHOSEN-NAMES, in the package PACKAGE-NAME, for the library called LIBRARY."
  (let ((package (or (find-package package-name) (make-package package-name :use '()))))
    (loop for (kind name lisp-name documentation) in names
          do (let ((symbol (intern lisp-name package)))
               (export symbol package)
               (setf (get symbol 'native-declaration) (cons library name))
               (install-name kind symbol library name documentation)))
    package))

(defun install-name (kind symbol library name documentation)
  (cond ((string= kind "function")
         (setf (fdefinition symbol) (intern-function (find-library library) name))
         (when documentation
           (setf (documentation symbol 'function) documentation)))
        ((string= kind "variable")
         (install-symbol-macro symbol `(native-variable ',library ,name)))
        ((or (string= kind "constant") (string= kind "enumerator"))
         (install-symbol-macro symbol `(constant ',library ,name)))))

(defun install-symbol-macro (symbol expansion)
  (eval `(define-symbol-macro ,symbol ,expansion)))

(defmacro define-function (name-and-c-name library)
  "Defines one function of LIBRARY, the name of one, with its parameters and its documentation, as DEFUN does.
The first argument is (NAME \"c_name\"), or the name alone when that is the Lisp name of the C function."
  (let* ((actual (find-library library))
         (name (if (consp name-and-c-name) (first name-and-c-name) name-and-c-name))
         (c-name (if (consp name-and-c-name)
                     (second name-and-c-name)
                     (c-name name-and-c-name actual '("function"))))
         (function (native-function actual c-name))
         (candidates (native-function-candidates function)))
    (multiple-value-bind (lambda-list call) (defun-parts candidates)
      `(defun ,name ,lambda-list
         ,(documentation function t)
         (,(first call)
          (the function (load-time-value (intern-function (find-library ',library) ,c-name)))
          ,@(rest call))))))

(defun defun-parts (candidates)
  "The lambda list of a function for CANDIDATES, and the call: FUNCALL or APPLY with the arguments."
  (if (rest candidates)
      (values '(&rest arguments) '(apply arguments))
      (let* ((candidate (first candidates))
             (names (parameter-symbols (arguments-of candidate)))
             (least (first (counts candidate))))
        (if (or (candidate-variadic candidate) (< least (length names)))
            (values `(,@(subseq names 0 least) &rest more) `(apply ,@(subseq names 0 least) more))
            (values names `(funcall ,@names))))))

(defun parameter-symbols (parameters)
  (loop for parameter in parameters
        for index from 1
        collect (if (string= (parameter-name parameter) "")
                    (make-symbol (format nil "ARGUMENT-~d" index))
                    (make-symbol (lisp-name (parameter-name parameter))))))
