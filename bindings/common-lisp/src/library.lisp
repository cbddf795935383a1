;;;; A library, and what its headers declare. Both are asked for when they are needed, not before.

(in-package #:nlib)

(defstruct (generation (:copier nil))
  "The code of a library from one load. The car of CURRENT is true while the library's names stand for this code,
the car of LOADED while the code is in memory: longer, when an earlier code was kept."
  (current (list t) :type cons :read-only t)
  (loaded (list t) :type cons :read-only t))

(defstruct (library (:copier nil) (:constructor %make-library))
  "A native library. GENERATION stands for the code in memory: NIL while there is none, another one after each
load, so that whoever kept an address knows whether it still holds. LOADED are the cells of all code that may be
in memory, that before the last load too."
  (name nil)
  (request '() :type list)
  (generation nil :type (or null generation))
  (loaded '() :type list)
  (unloaded nil)
  (handle 0 :type (unsigned-byte 64))
  (context nil)
  (interface nil)
  (functions (make-shared-table 'equal) :read-only t)
  (callbacks (make-hash-table :test #'eq) :read-only t)
  (kept '() :type list)
  (lock (make-lock "nlib library") :read-only t))

(defmethod print-object ((library library) stream)
  (print-unreadable-object (library stream :type t :identity t)
    (format stream "~a~a" (or (library-name library) (request-title (library-request library)))
            (cond ((library-unloaded library) ", unloaded")
                  ((library-generation library) "")
                  (t ", loaded when first used")))))

(defun library-loaded-p (library)
  "Whether the code of LIBRARY is in memory."
  (and (library-generation library) t))

(defun begin-generation (library)
  "The code of LIBRARY is another from now on."
  (let ((generation (make-generation)))
    (push (generation-loaded generation) (library-loaded library))
    (replace-generation library generation)))

(defun replace-generation (library new)
  (let ((old (shiftf (library-generation library) new)))
    (when old
      (setf (car (generation-current old)) nil))))

(defun end-generations (library)
  "No address in the code of LIBRARY holds any more."
  (replace-generation library nil)
  (dolist (loaded (shiftf (library-loaded library) '()))
    (setf (car loaded) nil)))

(defun live-handle (library)
  "The handle of LIBRARY, which is loaded when it is not and was not unloaded."
  (ensure-loaded library)
  (library-handle library))

(defun ensure-loaded (library)
  "Loads LIBRARY when nobody has yet, or when this process is another one than the one that did."
  (unless (library-generation library)
    (when (library-unloaded library)
      (fail 'unloaded-error "~a was unloaded; NLIB:RELOAD loads it again" (library-name library)))
    (with-lock ((library-lock library))
      (unless (library-generation library)
        (load-into library))))
  library)

;;; Interfaces

(defstruct (interface (:copier nil))
  "What the headers of a library declare. HANDLE is an nlib_interface; the tables hold what was read so far."
  (handle 0 :type (unsigned-byte 64))
  (library nil :type library)
  (types (make-shared-table 'equal) :read-only t)
  (lisp-names nil)
  (methods nil))

(defun library-description (library)
  "The INTERFACE of LIBRARY. A header that does not parse is an error, now and whenever it is asked for."
  (ensure-loaded library)
  (let ((interface (or (library-interface library)
                       (with-lock ((library-lock library))
                         (or (library-interface library)
                             (setf (library-interface library) (open-interface library)))))))
    (if (typep interface 'condition)
        (error interface)
        interface)))

(defun open-interface (library)
  "The INTERFACE of LIBRARY, or the condition that says why there is none."
  (handler-case
      (let* ((handle (with-result (place)
                       (%nlib-interface-open (library-handle library) place)))
             (interface (make-interface :library library :handle handle))
             (session *session*))
        ;; What was made of it may outlive the library's next load.
        (call-at-death interface (lambda ()
                                   (when (eq session *session*)
                                     (%nlib-interface-free handle))))
        interface)
    (nlib-error (condition) condition)))

(defun read-data (text)
  "The Lisp data that TEXT holds: keywords, strings, numbers, lists, T and NIL. Nothing is evaluated."
  (with-standard-io-syntax
    (let ((*read-eval* nil))
      (values (read-from-string text)))))

(defun describe-item (interface kind name)
  "Property lists of everything of KIND, a string or NIL for all kinds, that is called NAME."
  (with-arena ()
    (let ((kind (arena-text kind))
          (notation (arena-text "lisp"))
          (text (arena-text name)))
      (read-data
       (read-text (with-result (place)
                    (%nlib-interface-describe (interface-handle interface) kind text notation
                                              place)))))))

(defun describe-item-or-nil (interface kind name)
  (handler-case (describe-item interface kind name)
    (symbol-error () '())))

(defun split-lines (text)
  (loop with start = 0
        for end = (position #\Newline text :start start)
        for line = (subseq text start end)
        unless (string= line "") collect line
        while end do (setf start (1+ end))))

(defun declared-names (interface kind)
  "The C names of everything of KIND, a string or NIL for all kinds."
  (with-arena ()
    (split-lines
     (read-text (with-result (place)
                  (%nlib-interface-names (interface-handle interface) (arena-text kind) place))))))

;;; Whether memory is still there

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
