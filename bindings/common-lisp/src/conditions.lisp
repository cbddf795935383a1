;;;; Conditions: what nlib reports, and what is found before a call is made.

(in-package #:nlib)

(defstruct diagnostic
  "One message of the compiler or about a manifest. LINE and COLUMN start at 1; 0 without a place."
  (severity :error :type keyword :read-only t)
  (file "" :type string :read-only t)
  (line 0 :type integer :read-only t)
  (column 0 :type integer :read-only t)
  (text "" :type string :read-only t)
  (option "" :type string :read-only t)
  (library "" :type string :read-only t)
  (unit "" :type string :read-only t))

(defmethod print-object ((diagnostic diagnostic) stream)
  (if *print-readably*
      (call-next-method)
      (print-unreadable-object (diagnostic stream :type t)
        (format stream "~a:~d:~d: ~(~a~): ~a~@[ [~a]~]"
                (diagnostic-file diagnostic) (diagnostic-line diagnostic)
                (diagnostic-column diagnostic) (diagnostic-severity diagnostic)
                (diagnostic-text diagnostic)
                (let ((option (diagnostic-option diagnostic)))
                  (and (plusp (length option)) option))))))

(define-condition nlib-error (error)
  ((message :initarg :message :initform "" :reader message
            :documentation "What is wrong, where, and what to do.")
   (diagnostics :initarg :diagnostics :initform '() :reader diagnostics
                :documentation "A list of DIAGNOSTIC objects.")
   (near-names :initarg :near-names :initform '() :reader near-names
               :documentation "The names that were probably meant, the nearest first."))
  (:report (lambda (condition stream) (write-string (message condition) stream)))
  (:documentation "Every error of nlib's."))

;;; What libnlib reports, each with the number that nlib.h gives it.

(defparameter *error-kinds* (make-hash-table)
  "From the numbers of nlib_error_kind to the conditions.")

(defmacro define-error-kind (name number documentation)
  `(progn
     (define-condition ,name (nlib-error) () (:documentation ,documentation))
     (setf (gethash ,number *error-kinds*) ',name)))

(define-error-kind compile-error 1 "The source or a header does not compile; see DIAGNOSTICS.")
(define-error-kind usage-error 2 "The request makes no sense: an unknown library, a bad flag.")
(define-error-kind manifest-error 3 "A manifest or project file is wrong; see DIAGNOSTICS.")
(define-error-kind link-error 4 "Symbols do not resolve, or a constructor threw.")
(define-error-kind toolchain-error 5 "The compiler cannot be used.")
(define-error-kind io-error 6 "The cache, the network or the file system.")
(define-error-kind symbol-error 7 "There is no such name; see NEAR-NAMES.")
(define-error-kind ambiguous-error 8 "A C++ name is overloaded; NEAR-NAMES are the overloads.")
(define-error-kind in-use-error 9 "The library cannot be unloaded now; it stays as it was.")
(define-error-kind unloaded-error 10 "The library was unloaded.")
(define-error-kind argument-error 11 "nlib was given something that it cannot take.")
(define-error-kind handle-error 12 "A handle that was freed.")
(define-error-kind cancelled 13 "Somebody cancelled the load.")
(define-error-kind internal-error 70 "A fault inside nlib; please report it.")

;;; What this binding finds.

(define-condition libnlib-not-found (nlib-error) ()
  (:documentation "The shared library libnlib is nowhere to be found, or is too old."))

(define-condition call-error (nlib-error) ()
  (:documentation "A call was not made, as it would have been wrong."))

(define-condition wrong-argument-count (call-error program-error) ()
  (:documentation "Too few or too many arguments."))

(define-condition wrong-argument-type (call-error type-error) ()
  (:documentation "A value that the declared type does not take."))

(define-condition unsupported-type (call-error) ()
  (:documentation "A type that cannot be expressed here."))

(define-condition dead-object (call-error) ()
  (:documentation "Memory that was freed, an object that was destroyed, or one of an earlier process."))

(define-condition foreign-exception (nlib-error) ()
  (:documentation "A C++ exception came out of a function; MESSAGE is what it says."))

(define-condition callback-exit (nlib-error) ()
  (:documentation "A callback tried to leave the C functions that called it by a non-local exit."))

(defun fail (type control &rest arguments)
  "Signals the error TYPE with a message made by FORMAT."
  (error type :message (apply #'format nil control arguments)))

;;; Restarts, as functions that invoke them.

(defun retry (&optional condition)
  "Tries the load again, with the sources as they are now."
  (let ((restart (find-restart 'retry condition)))
    (when restart (invoke-restart restart))))

(defun use-previous (&optional condition)
  "Goes on with the library that the same request gave before."
  (let ((restart (find-restart 'use-previous condition)))
    (when restart (invoke-restart restart))))

(defun use-flags (flags &optional condition)
  "Tries the load again with the list FLAGS of compiler flags in place of those that it had."
  (let ((restart (find-restart 'use-flags condition)))
    (when restart (invoke-restart restart flags))))
