;;;; Contexts: a cache, the compiler's processes, who is told what happens.

(in-package #:nlib)

(defstruct (context (:copier nil) (:constructor %make-context))
  "What libraries are loaded by."
  (handle 0 :type (unsigned-byte 64))
  (options '() :type list :read-only t)
  (closures '() :type list)
  (session nil)
  (closed nil))

(defmethod print-object ((context context) stream)
  (print-unreadable-object (context stream :type t :identity t)
    (format stream "~:[~;closed~]" (context-closed context))))

(defvar *context* nil
  "The context that libraries are loaded by when no other is named; made when first needed.")

(defvar *context-lock* (make-lock "nlib contexts"))

(defun default-context ()
  (or *context*
      (with-lock (*context-lock*)
        (or *context* (setf *context* (open-context))))))

(defun open-context (&rest options
                     &key cache-directory worker project-folder profile library-path cache offline
                       jobs log progress)
  "A context. What is not given is as the environment says (docs/environment.md).

  CACHE-DIRECTORY, WORKER, PROJECT-FOLDER  the cache's folder, the program nlib-worker, a project's folder
  PROFILE       for loads that name none
  LIBRARY-PATH  a list of folders with manifests
  CACHE         :on, :off, :read-only or :recache
  OFFLINE       true: fetch nothing over the network
  JOBS          how many units are compiled at once
  LOG           a function of a level, :warning, :info or :debug, and a message
  PROGRESS      a function of a step, :fetch, :compiles, :compile-started, :unit-ready, :unit-failed or
                :loaded, and the keywords :library :unit :cached :count :elapsed-ns

LOG and PROGRESS are called by whichever thread does the work, several at once. An error in them does not stop a
load; it is signalled by the next call that returns from C."
  (declare (ignore cache-directory worker project-folder profile library-path cache offline jobs
                   log progress))
  (let ((context (%make-context :options options)))
    (context-token context)
    context))

(defun context-token (context)
  "The nlib_ctx of CONTEXT, opened anew in another process than the one it was made in."
  (when (context-closed context)
    (fail 'usage-error "~a was closed" context))
  (with-lock (*context-lock*)
    (unless (eq (context-session context) *session*)
      (apply #'open-token context (context-options context))
      (setf (context-session context) *session*)))
  (context-handle context))

(defun open-token (context &key cache-directory worker project-folder profile library-path cache offline
                             jobs log progress)
  (let ((log (and log (log-closure log)))
        (progress (and progress (progress-closure progress))))
    (setf (context-closures context) (remove nil (list log progress))
          (context-handle context)
          (with-arena ()
            (let ((options (write-c-options
                            (arena-allocate c-options-size)
                            :struct-size c-options-size
                            :cache-directory (arena-text (path-text cache-directory))
                            :worker (arena-text (path-text worker))
                            :project-folder (arena-text (path-text project-folder))
                            :profile (arena-text (and profile (word profile)))
                            :library-path (arena-texts (mapcar #'path-text library-path))
                            :library-path-count (length library-path)
                            :cache-mode (keyword-number cache '(nil :on :off :read-only :recache))
                            :offline (if offline 1 0)
                            :jobs (or jobs 0)
                            :log (if log (closure-address log) 0)
                            :progress (if progress (closure-address progress) 0))))
              (with-result (place) (%nlib-open options place)))))))

(defun close-context (context)
  "Ends CONTEXT and the compiler's processes. Libraries stay loaded, and can be used; unloaded they can be no
more."
  (unless (context-closed context)
    (setf (context-closed context) t)
    (when (eq (context-session context) *session*)
      (%nlib-close (context-handle context))
      (dolist (closure (context-closures context))
        (release-closure closure (lambda (&rest raw) (declare (ignore raw)) nil))))
    (when (eq context *context*)
      (setf *context* nil)))
  nil)

(defun keyword-number (keyword keywords)
  (or (position keyword keywords)
      (fail 'usage-error "~s is none of ~{~s~^, ~}" keyword (remove nil keywords))))

(defun word (designator)
  "A word of a manifest: a string itself, a symbol's name in lower case."
  (if (stringp designator) designator (string-downcase designator)))

(defun path-text (path)
  "PATH for C: absolute, for Lisp's working directory need not be the process's."
  (and path
       (let ((pathname (if (pathnamep path) path (native-pathname path))))
         (pathname-text (merge-pathnames pathname)))))

(defun native-pathname (text)
  #+sbcl (sb-ext:parse-native-namestring text)
  #-sbcl (pathname text))

(defun pathname-text (pathname)
  #+sbcl (sb-ext:native-namestring pathname)
  #-sbcl (namestring pathname))

;;; Who is told

(defun guarded (function)
  "A function that calls FUNCTION and returns whatever happens: nlib must not be left by a jump."
  (lambda (&rest arguments)
    (block guard
      (let ((done nil))
        (unwind-protect
             (progn (handler-case (apply function arguments)
                      (serious-condition (condition) (note-callback-failure nil condition)))
                    (setf done t))
          (unless done
            (return-from guard nil)))))
    nil))

(defun log-closure (function)
  (allocate-closure :void '(:pointer :uint32 :pointer)
                    (guarded (lambda (data level message)
                               (declare (ignore data))
                               (funcall function
                                        (case level (1 :warning) (2 :info) (t :debug))
                                        (read-text message))))))

(defparameter *steps*
  '(nil :fetch :compiles :compile-started :unit-ready :unit-failed :loaded)
  "By the numbers of nlib_progress_kind.")

(defun progress-closure (function)
  (allocate-closure :void '(:pointer :pointer)
                    (guarded (lambda (data step)
                               (declare (ignore data))
                               (let ((kind (c-progress-kind step)))
                                 (when (< kind (length *steps*))
                                   (funcall function (nth kind *steps*)
                                            :library (read-text (c-progress-library step))
                                            :unit (read-text (c-progress-unit step))
                                            :cached (plusp (c-progress-cached step))
                                            :count (c-progress-count step)
                                            :elapsed-ns (c-progress-elapsed-ns step))))))))
