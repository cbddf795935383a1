;;;; Memory outside of Lisp, as Lisp sees it: STORAGE that belongs to somebody, FOREIGN that points into it.
;;;;
;;;; Addresses are integers everywhere inside nlib. They mean something in one process only, which is
;;;; what *SESSION* stands for: an image that is dumped and started begins another.

(in-package #:nlib)

(defvar *session* (list :session)
  "An object that stands for this process.")

(defstruct (storage (:copier nil))
  "Memory that was allocated here. The car of ENDING, unless NIL, is a function of the address that ends the C++
object in it."
  (address 0 :type (unsigned-byte 64))
  (size 0 :type unsigned-byte)
  (live t)
  (ending (list nil) :type cons :read-only t)
  (kept '() :type list)
  (session *session* :read-only t))

(defstruct (foreign (:constructor %make-foreign (address type library storage session))
                    (:copier nil))
  "A place in memory and the type of what is there. TYPE is a CTYPE. STORAGE keeps the memory alive when it
was allocated here; what a library's function gave has none."
  (address 0 :type (unsigned-byte 64) :read-only t)
  (type nil :read-only t)
  (library nil :read-only t)
  (storage nil :type (or null storage))
  (session nil :read-only t))

(declaim (inline foreign-at))
(defun foreign-at (address type &optional library storage)
  (%make-foreign address type library storage *session*))

(defun check-alive (foreign)
  "Signals DEAD-OBJECT when the memory of FOREIGN is gone for sure."
  (let ((storage (foreign-storage foreign))
        (library (foreign-library foreign)))
    (cond ((not (eq (foreign-session foreign) *session*))
           (fail 'dead-object "~a belongs to the process that this image was dumped from; make it anew"
                 foreign))
          ((and storage (not (storage-live storage)))
           (fail 'dead-object "~a was freed" foreign))
          ((and library (null storage) (library-unloaded library))
           (fail 'unloaded-error "~a came from ~a, which was unloaded"
                 foreign (library-name library)))))
  foreign)

(defun foreign-alive-p (foreign)
  (let ((storage (foreign-storage foreign)))
    (and (eq (foreign-session foreign) *session*)
         (if storage
             (storage-live storage)
             (let ((library (foreign-library foreign)))
               (or (null library) (not (library-unloaded library))))))))

;;; Why callbacks failed (callbacks.lisp); whoever calls C looks here afterwards.

(defvar *callback-failure* :outside
  "The condition by which a callback failed that ran during the current call of this thread; NIL while none
did; :OUTSIDE where no call of C's is under way.")

(#+sbcl sb-ext:defglobal #-sbcl defvar *stray-failures* '()
  "The conditions by which callbacks failed on threads that are no callers of Lisp's.")
