;;;; Loads beside the program.

(in-package #:nlib)

(defstruct (task (:copier nil) (:constructor %make-task))
  "A load that goes on beside the program."
  (handle 0) (library nil) (request '()) (context nil) (symbols '()) (memory '()) (closure nil)
  (state :running) (failure nil))

(defmethod print-object ((task task) stream)
  (print-unreadable-object (task stream :type t :identity t)
    (format stream "~a, ~(~a~)" (request-title (task-request task)) (task-state task))))

(defun start-loading (&rest arguments)
  "Begins a load beside the program, of what ARGUMENTS say as for LOAD-NATIVE-LIBRARY, and gives a TASK, which is
for WAIT, DONE-P and CANCEL. One more keyword: :when-done, a function without arguments that is called when the
load is over, on the thread that loaded."
  (let* ((when-done (getf arguments :when-done))
         (arguments (if (keywordp (first arguments))
                        (without-key arguments :when-done)
                        (cons (first arguments) (without-key (rest arguments) :when-done))))
         (request (normal-request arguments))
         (context (or (getf request :context) (default-context)))
         (symbols (host-symbols request))
         (closure (and when-done (done-closure when-done)))
         (task (%make-task :library (%make-library :request request) :request request :context context
                           :symbols symbols :closure closure))
         ;; What the request leads to must stay until the load is over.
         (*arena* '()))
    (let ((place (write-request request (host-symbol-addresses symbols))))
      (setf (task-handle task)
            (call-for-handle
             (lambda (handle)
               (%nlib-load-start (context-token context) place
                                 (if closure (closure-address closure) 0) 0 handle)))
            (task-memory task) *arena*))
    task))

(defun done-closure (function)
  "A closure that calls FUNCTION, once, and is free for others then."
  (let ((closure nil))
    (setf closure
          (allocate-closure :void '(:pointer)
                            (let ((call (guarded function)))
                              (lambda (data)
                                (declare (ignore data))
                                (funcall call)
                                (release-closure closure (constantly nil))
                                nil))))
    closure))

(defun without-key (list key)
  (loop for (name value) on list by #'cddr
        unless (eq name key) collect name and collect value))

(defun call-for-handle (function)
  (let ((place (arena-allocate 8)))
    (let ((token (funcall function place)))
      (unless (zerop token)
        (mapc #'deallocate *arena*)
        (check token)))
    (peek :pointer place)))

(defun wait (task &key timeout)
  "The library of TASK, once it is loaded; or NIL when it is not after TIMEOUT seconds. Signals why the load failed,
without restarts; CANCELLED when it was cancelled."
  (ecase (task-state task)
    (:loaded (task-library task))
    (:failed (error (task-failure task)))
    (:running
     (loop with end = (and timeout (+ (get-internal-real-time)
                                      (* timeout internal-time-units-per-second)))
           do (let ((handle (wait-a-moment task (if end (milliseconds-until end) 100))))
                (cond (handle
                       (return (finish-task task handle)))
                      ((and end (<= end (get-internal-real-time)))
                       (return nil))))))))

(defun milliseconds-until (time)
  "How long to wait, at most 100 ms, so that the thread can be interrupted."
  (max 0 (min 100 (ceiling (* 1000 (- time (get-internal-real-time)))
                           internal-time-units-per-second))))

(defun wait-a-moment (task milliseconds)
  "The handle of the library of TASK, or NIL when there is none yet."
  (let ((handle (handler-bind ((nlib-error
                                 (lambda (condition)
                                   (setf (task-state task) :failed
                                         (task-failure task) condition)
                                   (end-task task))))
                  (with-result (place)
                    (%nlib-task-wait (task-handle task) milliseconds place)))))
    (if (zerop handle) nil handle)))

(defun finish-task (task handle)
  (adopt (task-library task) (task-request task) (task-context task) handle (task-symbols task))
  (setf (task-state task) :loaded)
  (end-task task)
  (task-library task))

(defun end-task (task)
  (%nlib-task-free (task-handle task))
  (mapc #'deallocate (shiftf (task-memory task) '())))

(defun done-p (task)
  "Whether WAIT would give a result at once."
  (or (not (eq (task-state task) :running))
      (handler-case (and (wait task :timeout 0) t)
        (nlib-error () t))))

(defun cancel (task)
  "Asks for the load of TASK to be given up; WAIT then signals CANCELLED. Does not wait itself."
  (when (eq (task-state task) :running)
    (%nlib-task-cancel (task-handle task)))
  nil)
