;;;; Functions of Lisp's that C calls.
;;;;
;;;; C knows no conditions and cannot be left by a jump. So a callback that fails, or that tries to leave, gives
;;;; C a zero, and the call of C's that it ran under signals the condition when C comes back. On a thread that
;;;; C itself made there is no such call: then the next call of the callback's library signals it.

(in-package #:nlib)

(defvar *break-on-callback-errors* nil
  "When true, the debugger is entered where an error in a callback is signalled, before C goes on.")

(defstruct (callback (:copier nil) (:constructor %make-callback))
  "A function of Lisp's, or a symbol that names one, for C to call as a function of TYPE, a FUNCTION-TYPE."
  (type nil :type function-type)
  (function nil)
  (library nil)
  (closure nil)
  (session nil)
  (live t))

(defmethod print-object ((callback callback) stream)
  (print-unreadable-object (callback stream :type t :identity t)
    (format stream "~a ~a~:[, freed~;~]" (callback-function callback)
            (ctype-spelling (callback-type callback)) (callback-live callback))))

(defun callback-signature (type)
  "The raw types of the result and the parameters of TYPE, a FUNCTION-TYPE."
  (flet ((raw (part)
           (or (raw-type part)
               (fail 'unsupported-type "~a cannot be a callback of Lisp's: it has a ~a, which Lisp's ~
                                        callbacks cannot take by value"
                     (ctype-spelling type) (ctype-spelling part)))))
    (when (function-type-variadic type)
      (fail 'unsupported-type "~a cannot be a callback of Lisp's: it is variadic"
            (ctype-spelling type)))
    (values (raw (function-type-result type))
            (mapcar (lambda (parameter) (raw (parameter-type parameter)))
                    (function-type-parameters type)))))

(defun callback-address (callback)
  "The address of CALLBACK for C, made when first asked for in a process."
  (unless (callback-live callback)
    (fail 'dead-object "~a was freed" callback))
  (unless (eq (callback-session callback) *session*)
    (multiple-value-bind (result parameters) (callback-signature (callback-type callback))
      (setf (callback-closure callback)
            (allocate-closure result parameters
                              (lambda (&rest raw) (run-callback callback raw)))
            (callback-session callback) *session*)))
  (closure-address (callback-closure callback)))

(defun run-callback (callback raw)
  "Calls the function of CALLBACK with the values for RAW and gives the raw value of its result. Always returns."
  (let* ((type (callback-type callback))
         (left t)
         (result (zero-of (function-type-result type))))
    (block run
      (unwind-protect
           (handler-bind ((serious-condition
                            (lambda (condition)
                              (when *break-on-callback-errors*
                                (invoke-debugger condition))
                              (setf left nil)
                              (note-callback-failure (callback-library callback) condition)
                              (return-from run))))
             (setf result (call-back callback type raw))
             (setf left nil))
        (when left
          (note-callback-failure
           (callback-library callback)
           (make-condition 'callback-exit
                           :message (format nil "~a tried to leave the C functions that called it, which ~
                                                 went on instead" callback)))
          (return-from run))))
    result))

(defun call-back (callback type raw)
  (let* ((library (callback-library callback))
         (value (apply (callback-function callback)
                       (mapcar (lambda (parameter raw)
                                 (receive-argument (parameter-type parameter) raw library))
                               (function-type-parameters type) raw)))
         (result (function-type-result type))
         (place (lambda () (format nil "the result of ~a" callback))))
    (typecase result
      (void-type nil)
      (pointer-type (lasting-address result value place library))
      (t (prepare result value place)))))

(defun receive-argument (type raw library)
  "As RECEIVE, for what C gives to a callback. A char * is a place that C may want to be filled, and need not hold
a text: it is a FOREIGN."
  (if (and (text-type-p type) (not (ctype-const (pointer-type-target type))) (plusp raw))
      (foreign-at raw (pointer-type-target type) library)
      (receive type raw library)))

(defun zero-of (type)
  (case (raw-type type) (:float 0f0) (:double 0d0) (t 0)))

(defvar *stray-lock* (make-lock "nlib stray failures"))

(defun note-callback-failure (library condition)
  "Has CONDITION, by which a callback of LIBRARY's failed, signalled by the call of C's that is under way on this
thread, where the first one counts; without such a call, by the next call of LIBRARY."
  (let ((call *call*))
    (cond ((null call)
           (note-stray-failure library condition))
          ((null (first call))
           (setf (first call) condition)))))

(defun note-stray-failure (library condition)
  (with-lock (*stray-lock*)
    (let ((known (find library *stray-failures* :key #'stray-library)))
      (if known
          (incf (stray-more known))
          (push (make-stray :library library :condition condition) *stray-failures*)))))

(defun take-stray-failure (library)
  "The STRAY that a call of LIBRARY is to signal, or NIL. Any call will do for callbacks of no library."
  (with-lock (*stray-lock*)
    (let ((stray (find-if (lambda (owner) (or (null owner) (eq owner library))) *stray-failures*
                          :key #'stray-library)))
      (setf *stray-failures* (remove stray *stray-failures*))
      stray)))

(defun signal-callback-failure (call)
  (when (first call)
    (error (first call)))
  (let ((stray (take-stray-failure (second call))))
    (when stray
      (when (plusp (stray-more stray))
        (warn "~d more error~:p of callbacks on threads of C's came after this one: ~a"
              (stray-more stray) (stray-condition stray)))
      (error (stray-condition stray)))))

;;; Making and freeing

(defun function-type-of (specifier library)
  "The FUNCTION-TYPE that SPECIFIER, see FIND-TYPE, points to."
  (let* ((type (find-type specifier library))
         (target (if (pointer-type-p type) (pointer-type-target type) type)))
    (unless (function-type-p target)
      (fail 'usage-error "~s is ~a, which is no type of functions" specifier (ctype-spelling type)))
    target))

(defun make-callback (library type function)
  "FUNCTION, a function or a symbol that names one, for C to call as the TYPE of LIBRARY says: the name of a
typedef, or (:function RESULT (PARAMETER ...)). It lives until FREE-CALLBACK. LIBRARY may be NIL."
  (let* ((library (and library (find-library library)))
         (type (function-type-of type library)))
    (callback-signature type)
    (%make-callback :type type :function function :library library)))

(defun free-callback (callback)
  "Ends CALLBACK. C must not call it any more; should it do so all the same, an error is noted, as long as its
place is not used again."
  (when (callback-live callback)
    (setf (callback-live callback) nil)
    (when (eq (callback-session callback) *session*)
      (let ((zero (zero-of (function-type-result (callback-type callback)))))
        (release-closure (callback-closure callback)
                         (lambda (&rest raw)
                           (declare (ignore raw))
                           (note-callback-failure
                            (callback-library callback)
                            (make-condition 'dead-object
                                            :message (format nil "C called ~a" callback)))
                           zero)))))
  nil)

(defmacro with-callback ((variable library type function) &body body)
  "Runs BODY with VARIABLE bound to what MAKE-CALLBACK makes of the rest, which is freed afterwards."
  `(let ((,variable (make-callback ,library ,type ,function)))
     (unwind-protect (progn ,@body)
       (free-callback ,variable))))

;;; Functions given where C wants a pointer to one

(defvar *kept-callbacks* (make-hash-table :test #'eq)
  "Callbacks for types that belong to no library, as LIBRARY-CALLBACKS.")
(defvar *callbacks-lock* (make-lock "nlib callbacks"))

(defun kept-callback (function type)
  "The callback, or the function of C's, for FUNCTION given as TYPE, a POINTER-TYPE. It lives as long as the
library whose type it is."
  (if (native-function-p function)
      function
      (let* ((target (pointer-type-target type))
             (interface (function-type-interface target))
             (library (and interface (interface-library interface)))
             (callbacks (if library (library-callbacks library) *kept-callbacks*)))
        (with-lock (*callbacks-lock*)
          (let ((known (assoc (ctype-spelling target) (gethash function callbacks)
                              :test #'string=)))
            (if known
                (cdr known)
                (let ((callback (make-callback library target function)))
                  (push (cons (ctype-spelling target) callback) (gethash function callbacks))
                  callback)))))))

(defun callback-pointer (given target type place)
  "The address of GIVEN, a CALLBACK or a function of C's, where a pointer to TARGET is wanted."
  (cond ((function-type-p target)
         (unless (equal (passing target)
                        (passing (if (callback-p given)
                                     (callback-type given)
                                     (native-function-own-type given))))
           (wrong-value given type place "its parameters or its result are others")))
        ((not (void-type-p target))
         (wrong-value given type place)))
  (if (callback-p given)
      (callback-address given)
      (native-function-address given)))

(defun passing (type)
  "How a value of TYPE is passed, or a function of TYPE called: equal for types that may stand for each other."
  (typecase type
    (function-type (list* (function-type-variadic type)
                          (passing (function-type-result type))
                          (mapcar (lambda (parameter) (passing (parameter-type parameter)))
                                  (function-type-parameters type))))
    (record-type (record-type-name type))
    (t (or (raw-type type) (ctype-spelling type)))))

(defun free-callbacks (library)
  "Frees the callbacks that were made for LIBRARY, whose code is gone."
  (with-lock (*callbacks-lock*)
    (maphash (lambda (function callbacks)
               (declare (ignore function))
               (loop for (nil . callback) in callbacks
                     do (free-callback callback)))
             (library-callbacks library))
    (clrhash (library-callbacks library))))
