;;;; Memory that belongs to Lisp: it lasts as long as Lisp refers to it, or until it is ended.
;;;;
;;;; What is small and needs no ending is a part of a chunk, which is freed once no part of it is referred to:
;;;; the collector is asked to look after chunks, not after each point in the plane.

(in-package #:nlib)

(defvar *garbage* '()
  "C++ objects that nobody refers to: lists of address, size and the function that ends it.")
(defvar *garbage-lock* (make-lock "nlib garbage"))

(defconstant +collect-after+ (* 256 1024 1024)
  "The collector runs when so many bytes more are owned than the fewest since it ran last.")
(defvar *owned* 0 "The bytes of living storage, which the collector knows nothing of.")
(defvar *fewest-owned* 0 "The fewest that *OWNED* was since the collector ran.")
(defvar *owned-lock* (make-lock "nlib owned"))

(defun count-owned (change)
  "Adds CHANGE to *OWNED*; gives whether it is time to collect."
  (with-lock (*owned-lock*)
    (setf *owned* (+ *owned* change)
          *fewest-owned* (min *fewest-owned* *owned*))
    (when (> (- *owned* *fewest-owned*) +collect-after+)
      (setf *fewest-owned* *owned*)
      t)))

(defun give-back (address size)
  (deallocate address)
  (count-owned (- size)))

(defun own-storage (size alignment)
  "New memory, zero, that is freed when nobody refers to it any more. A C++ object in it, see STORAGE-ENDING, is
ended then, not by the collector's thread but by whoever next allocates."
  (end-garbage)
  (when (count-owned size)
    (collect-garbage))
  (let* ((address (allocate size alignment))
         (storage (make-storage :address address :size size))
         (ending (storage-ending storage))
         (session *session*))
    (call-at-death storage
                   (lambda ()
                     (cond ((not (eq session *session*)))
                           ((car ending)
                            (with-lock (*garbage-lock*)
                              (push (list address size (car ending)) *garbage*)))
                           (t (give-back address size)))))
    storage))

(defun end-garbage ()
  (loop while *garbage*
        do (let ((entry (with-lock (*garbage-lock*) (pop *garbage*))))
             (when entry
               (destructuring-bind (address size ending) entry
                 (funcall ending address)
                 (give-back address size))))))

(defun end-storage (storage)
  "Ends the C++ object in STORAGE and frees the memory, unless it is a chunk's."
  (end-object storage)
  (setf (storage-live storage) nil)
  (unless (storage-chunk storage)
    (forget-death storage)
    (give-back (storage-address storage) (storage-size storage))))

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
        *chunk* nil
        *owned* 0
        *fewest-owned* 0))
