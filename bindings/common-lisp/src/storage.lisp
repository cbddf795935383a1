;;;; Memory that belongs to Lisp: it lasts as long as Lisp refers to it, or until it is ended.
;;;;
;;;; What is small and needs no ending is a part of a chunk, which is freed once no part of it is referred to:
;;;; the collector is asked to look after chunks, not after each point in the plane.

(in-package #:nlib)

(defvar *garbage* '()
  "Addresses of C++ objects that nobody refers to, each with the function that ends it.")
(defvar *garbage-lock* (make-lock "nlib garbage"))

(defun own-storage (size alignment)
  "New memory, zero, that is freed when nobody refers to it any more. A C++ object in it, see STORAGE-ENDING, is
ended then, not by the collector's thread but by whoever next allocates."
  (end-garbage)
  (let* ((address (allocate size alignment))
         (storage (make-storage :address address :size size))
         (ending (storage-ending storage))
         (session *session*))
    (call-at-death storage
                   (lambda ()
                     (cond ((not (eq session *session*)))
                           ((car ending)
                            (with-lock (*garbage-lock*)
                              (push (cons address (car ending)) *garbage*)))
                           (t (deallocate address)))))
    storage))

(defun end-garbage ()
  (loop while *garbage*
        do (let ((entry (with-lock (*garbage-lock*) (pop *garbage*))))
             (when entry
               (funcall (cdr entry) (car entry))
               (deallocate (car entry))))))

(defun end-storage (storage)
  "Ends the C++ object in STORAGE and frees the memory, unless it is a chunk's."
  (end-object storage)
  (setf (storage-live storage) nil)
  (unless (storage-chunk storage)
    (forget-death storage)
    (deallocate (storage-address storage))))

(defun end-object (storage)
  "Ends the C++ object in STORAGE, once."
  (let ((ending (shiftf (car (storage-ending storage)) nil)))
    (when ending
      (funcall ending (storage-address storage)))))

;;; Chunks

(defconstant +chunk-size+ 4096)
(defconstant +largest-part+ 256)

(defstruct (chunk (:copier nil))
  (address 0 :type (unsigned-byte 64) :read-only t)
  (used 0 :type fixnum))

(defvar *chunk* nil "The chunk that parts are taken from.")
(defvar *chunk-lock* (make-lock "nlib chunks"))

(defun plain-storage (size alignment)
  "As OWN-STORAGE, for what needs no ending."
  (if (and (<= size +largest-part+) (<= alignment 16))
      (small-storage size alignment)
      (own-storage size alignment)))

(defun small-storage (size alignment)
  (with-lock (*chunk-lock*)
    (let* ((chunk (or *chunk* (setf *chunk* (new-chunk))))
           (start (* alignment (ceiling (chunk-used chunk) alignment))))
      (when (> (+ start size) +chunk-size+)
        (setf chunk (setf *chunk* (new-chunk))
              start 0))
      (setf (chunk-used chunk) (+ start (max size 1)))
      (make-storage :address (+ (chunk-address chunk) start) :size size :chunk chunk))))

(defun new-chunk ()
  (let* ((address (allocate +chunk-size+))
         (chunk (make-chunk :address address))
         (session *session*))
    (call-at-death chunk (lambda ()
                           (when (eq session *session*)
                             (deallocate address))))
    chunk))

(defun forget-storage ()
  "What was allocated in another process is gone."
  (setf *garbage* '()
        *chunk* nil))
