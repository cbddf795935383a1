;;;; Memory outside of Lisp, as Lisp sees it: STORAGE that belongs to somebody, FOREIGN that points into it.
;;;;
;;;; Addresses are integers everywhere inside nlib. They mean something in one process only, which is
;;;; what *SESSION* stands for: an image that is dumped and started begins another.

(in-package #:nlib)

(defvar *session* (list :session)
  "An object that stands for this process; its car is true until another begins.")

(defstruct (storage (:copier nil))
  "Memory that was allocated here. The car of ENDING, unless NIL, is a function of the address that ends the C++
object in it. CHUNK, unless NIL, is what the memory is a part of."
  (address 0 :type (unsigned-byte 64))
  (size 0 :type unsigned-byte)
  (live t)
  (ending (list nil) :type cons :read-only t)
  (chunk nil :read-only t)
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

;;; Calls of C's

(defvar *call* nil
  "The innermost call of C's that is under way on this thread, or NIL: a list of the condition by which a
callback failed during it, the library that was called, and the call outside of it.")

(defstruct (stray (:copier nil))
  "How a callback of LIBRARY's failed on a thread that is no caller of Lisp's, and how many more errors came."
  (library nil :read-only t)
  (condition nil :read-only t)
  (more 0 :type unsigned-byte))

(#+sbcl sb-ext:defglobal #-sbcl defvar *stray-failures* '()
  "STRAYs, at most one for a library, each until that library's next call.")

(defun called-p (library)
  "Whether a call of LIBRARY is under way on this thread."
  (loop for call = *call* then (third call)
        while call
        thereis (eq (second call) library)))
