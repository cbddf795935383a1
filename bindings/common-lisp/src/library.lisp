;;;; A library, and what its headers declare. Both are asked for when they are needed, not before.

(in-package #:nlib)

(defstruct (library (:copier nil) (:constructor %make-library))
  "A native library. GENERATION is an object that stands for the code in memory: NIL while there is none,
another one after each load, so that whoever kept an address knows whether it still holds."
  (name nil)
  (request '() :type list :read-only t)
  (generation nil)
  (unloaded nil)
  (handle 0 :type (unsigned-byte 64))
  (context nil)
  (interface nil)
  (functions (make-hash-table :test #'equal) :read-only t)
  (callbacks (make-hash-table :test #'eq) :read-only t)
  (kept '() :type list)
  (lock (make-lock "nlib library") :read-only t))

(defmethod print-object ((library library) stream)
  (print-unreadable-object (library stream :type t :identity t)
    (format stream "~a~a" (or (library-name library) "(not loaded yet)")
            (cond ((library-unloaded library) ", unloaded")
                  ((library-generation library) "")
                  (t ", loaded when first used")))))

(defun library-loaded-p (library)
  "Whether the code of LIBRARY is in memory."
  (and (library-generation library) t))

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
  (types (make-hash-table :test #'equal) :read-only t)
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
      (make-interface :library library
                      :handle (with-result (place)
                                (%nlib-interface-open (library-handle library) place)))
    (nlib-error (condition) condition)))

(defun forget-interface (library)
  (let ((interface (library-interface library)))
    (when (typep interface 'interface)
      (%nlib-interface-free (interface-handle interface)))
    (setf (library-interface library) nil)))

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
