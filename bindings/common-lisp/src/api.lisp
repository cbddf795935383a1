;;;; nlib.h: where libnlib is, its functions, its structures, its errors.

(in-package #:nlib)

(defvar *nlib-library* nil
  "The path of libnlib; when NIL, that of the environment variable NLIB_LIBRARY, else of lib/ beside this
system, else the system looks for libnlib.so.1.")

(defvar *libnlib* nil "The handle of libnlib in this process.")
(defvar *api-addresses* (make-shared-table 'equal) "From names of nlib.h to addresses.")
(defvar *api-lock* (make-lock "libnlib"))

(defparameter *system-folder*
  (make-pathname :name nil :type nil :version nil
                 :directory (butlast (pathname-directory
                                      #.(or *compile-file-truename* *load-truename*))))
  "Where this system is.")

(defun libnlib-paths ()
  "Where libnlib may be, the first one that is there counts."
  (let ((given (or *nlib-library* (environment-variable "NLIB_LIBRARY")))
        (own (merge-pathnames "lib/libnlib.so.1" *system-folder*)))
    (cond ((and given (string/= given "")) (list (namestring given)))
          ((probe-file own) (list (namestring own)))
          (t (list "libnlib.so.1" "/usr/local/lib/libnlib.so.1")))))

(defun libnlib ()
  "The handle of libnlib, which is opened when first asked for."
  (or *libnlib*
      (with-lock (*api-lock*)
        (or *libnlib* (setf *libnlib* (open-libnlib))))))

(defun open-libnlib ()
  (let ((reasons '()))
    (dolist (path (libnlib-paths))
      (multiple-value-bind (handle reason) (open-shared-object path)
        (when handle
          (return-from open-libnlib handle))
        (push reason reasons)))
    (fail 'libnlib-not-found
          "libnlib cannot be opened: ~{~a~^; ~}.~%~
           Install nlib, or name its shared library in the environment variable NLIB_LIBRARY or in ~s"
          (reverse reasons) '*nlib-library*)))

(defun api-address (name)
  (or (gethash name *api-addresses*)
      (let ((address (shared-object-symbol (libnlib) name)))
        (unless address
          (fail 'libnlib-not-found "the libnlib that was found has no ~a; a newer one is needed" name))
        (with-lock (*api-lock*)
          (setf (gethash name *api-addresses*) address)))))

(defun forget-libnlib ()
  (setf *libnlib* nil)
  (clrhash *api-addresses*))

(defmacro define-api (result name &rest parameters)
  "Defines the function %NAME for a function of nlib.h. A parameter is a list of its raw type and its name."
  (let ((function (gensym "ADDRESS")))
    `(defun ,(intern (format nil "%~a" name)) ,(mapcar #'second parameters)
       (let ((,function (api-address ,(substitute #\_ #\- (string-downcase name)))))
         (with-c-environment ()
           (funcall-foreign ,function ,result ,@parameters))))))

(define-api :pointer nlib-version-string)
(define-api :int32 nlib-has (:pointer capability))
(define-api :uint32 nlib-error-get-kind (:pointer error))
(define-api :pointer nlib-error-message (:pointer error))
(define-api :uint64 nlib-error-diagnostic-count (:pointer error))
(define-api :int32 nlib-error-diagnostic (:pointer error) (:uint64 index) (:pointer diagnostic))
(define-api :uint64 nlib-error-near-count (:pointer error))
(define-api :pointer nlib-error-near (:pointer error) (:uint64 index))
(define-api :void nlib-error-free (:pointer error))
(define-api :pointer nlib-open (:pointer options) (:pointer context))
(define-api :void nlib-close (:pointer context))
(define-api :pointer nlib-load (:pointer context) (:pointer request) (:pointer library))
(define-api :pointer nlib-name (:pointer library))
(define-api :uint32 nlib-linked-by (:pointer library))
(define-api :void nlib-release (:pointer library))
(define-api :pointer nlib-unload (:pointer library))
(define-api :pointer nlib-load-start
  (:pointer context) (:pointer request) (:pointer done) (:pointer data) (:pointer task))
(define-api :pointer nlib-task-wait (:pointer task) (:uint32 milliseconds) (:pointer library))
(define-api :void nlib-task-cancel (:pointer task))
(define-api :void nlib-task-free (:pointer task))
(define-api :pointer nlib-symbol (:pointer library) (:pointer name) (:pointer address))
(define-api :pointer nlib-symbol-count (:pointer library) (:pointer count))
(define-api :pointer nlib-symbol-at (:pointer library) (:uint64 index) (:pointer info))
(define-api :pointer nlib-interface-open (:pointer library) (:pointer interface))
(define-api :pointer nlib-interface-names (:pointer interface) (:pointer kind) (:pointer names))
(define-api :pointer nlib-interface-describe
  (:pointer interface) (:pointer kind) (:pointer name) (:pointer notation) (:pointer text))
(define-api :pointer nlib-interface-text
  (:pointer interface) (:pointer format) (:pointer text) (:pointer size))
(define-api :pointer nlib-interface-symbol (:pointer interface) (:pointer symbol) (:pointer address))
(define-api :void nlib-interface-free (:pointer interface))

(define-c-structure c-diagnostic
  (struct-size :uint64) (severity :uint32) (line :uint32) (column :uint32) (reserved :uint32)
  (file :pointer) (text :pointer) (option :pointer) (library :pointer) (unit :pointer))

(define-c-structure c-progress
  (struct-size :uint64) (kind :uint32) (cached :uint32) (library :pointer) (unit :pointer)
  (count :uint64) (elapsed-ns :uint64))

(define-c-structure c-options
  (struct-size :uint64) (cache-directory :pointer) (worker :pointer) (project-folder :pointer)
  (profile :pointer) (library-path :pointer) (library-path-count :uint64) (cache-mode :uint32)
  (offline :uint32) (jobs :uint32) (reserved :uint32) (log :pointer) (log-data :pointer)
  (progress :pointer) (progress-data :pointer))

(define-c-structure c-source
  (path :pointer) (name :pointer) (language :pointer) (data :pointer) (size :uint64))

(define-c-structure c-pair
  (name :pointer) (value :pointer))

(define-c-structure c-request
  (struct-size :uint64) (library :pointer) (manifest-text :pointer) (manifest-folder :pointer)
  (sources :pointer) (source-count :uint64) (name :pointer) (profile :pointer)
  (flags :pointer) (flag-count :uint64) (defines :pointer) (define-count :uint64)
  (include-dirs :pointer) (include-dir-count :uint64) (with :pointer) (with-count :uint64)
  (system-libraries :pointer) (system-library-count :uint64)
  (features :pointer) (feature-count :uint64) (options :pointer) (option-count :uint64)
  (host-symbols :pointer) (host-symbol-count :uint64) (overlays :pointer) (overlay-count :uint64)
  (linker :uint32) (auto-libraries :uint32) (no-default-features :uint32) (reserved :uint32))

(define-c-structure c-symbol-info
  (struct-size :uint64) (name :pointer) (demangled :pointer) (address :pointer) (bytes :uint64)
  (is-function :uint32) (reserved :uint32))

(defun version ()
  "The version of libnlib, \"0.1.0\"."
  (read-text (%nlib-version-string)))

;;; Errors

(defun check (token)
  "Signals the nlib_error that TOKEN stands for, unless it is 0."
  (unless (zerop token)
    (error (take-condition token))))

(defun take-condition (token)
  "The condition for an nlib_error, which is freed."
  (unwind-protect
       (make-condition (gethash (%nlib-error-get-kind token) *error-kinds* 'nlib-error)
                       :message (read-text (%nlib-error-message token))
                       :diagnostics (read-diagnostics token)
                       :near-names (loop for i below (%nlib-error-near-count token)
                                         collect (read-text (%nlib-error-near token i))))
    (%nlib-error-free token)))

(defun read-diagnostics (token)
  (with-arena ()
    (let ((place (write-c-diagnostic (arena-allocate c-diagnostic-size)
                                     :struct-size c-diagnostic-size)))
      (loop for i below (%nlib-error-diagnostic-count token)
            when (plusp (%nlib-error-diagnostic token i place))
              collect (make-diagnostic
                       :severity (case (c-diagnostic-severity place)
                                   (1 :remark) (2 :note) (3 :warning) (t :error))
                       :line (c-diagnostic-line place)
                       :column (c-diagnostic-column place)
                       :file (read-text (c-diagnostic-file place))
                       :text (read-text (c-diagnostic-text place))
                       :option (read-text (c-diagnostic-option place))
                       :library (read-text (c-diagnostic-library place))
                       :unit (read-text (c-diagnostic-unit place)))))))

(defun call-for-result (raw function)
  "Calls FUNCTION with the address of 8 bytes; it gives an nlib_error. The result is what it wrote there."
  (with-arena ()
    (let ((place (arena-allocate 8)))
      (check (funcall function place))
      (funcall (memory-reader raw) place))))

(defmacro with-result ((place &optional (raw :pointer)) call)
  "The value of the raw type RAW that CALL writes to the address PLACE, unless it gives an error."
  `(call-for-result ,raw (lambda (,place) ,call)))
