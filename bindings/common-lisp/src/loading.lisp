;;;; Loading, and what is done when that fails; unloading; libraries by name.

(in-package #:nlib)

(defvar *libraries* (make-hash-table :test #'eq)
  "The libraries that are loaded. What they keep for C is kept by this.")
(defvar *libraries-lock* (make-lock "nlib libraries"))

(defvar *latest* (make-shared-table 'equal)
  "From identities of requests to the library that was loaded last for it.")

(defvar *named-libraries* (make-shared-table 'equal)
  "From names in upper case to libraries, see DEFINE-LIBRARY.")

(defun load-native-library (&rest arguments)
  "Loads a library from its sources, or from the cache, and gives it.

  (load-native-library \"sqlite3\")                     a library by name
  (load-native-library :source \"flecs.c\")             a file; or a list of files and of texts, each of those
                                                      (:code TEXT :name NAME :language LANGUAGE)
  (load-native-library :code \"int f(void) {...}\")     a text; a list of (TEXT :name NAME :language LANGUAGE)
  (load-native-library :manifest \"mine.json\")         a manifest; :manifest-text, its text, with
                                                      :manifest-folder

  :name      what a library without a manifest is called        :language  of :code, \"c\" when not given
  :profile   :release, :dev, or one of the manifest's           :flags     a list of compiler flags
  :defines   macros: \"NAME\", (\"NAME\" VALUE)                     :include-dirs  a list of folders
  :with      libraries to compile against and link to           :system-libraries  by link name, \"m\"
  :features, :options, :no-default-features  of the manifest    :linker    :jit or :image
  :host-symbols  functions given to the library, (\"name\" (:function RESULT (PARAMETER ...)) FUNCTION), or
                 (\"name\" POINTER)
  :overlays, :auto-libraries  as nlib.h has them                :context   instead of *CONTEXT*

When it fails, an NLIB-ERROR is signalled with these restarts:
  RETRY         tries again, with the sources as they are then
  USE-FLAGS     tries again with other compiler flags, which it takes as a list
  USE-PREVIOUS  gives the library that the same request gave before; there only when it did"
  (let* ((request (normal-request arguments))
         (library (%make-library :request request)))
    (load-with-restarts library request)))

(defun previous-library (library request)
  "What USE-PREVIOUS gives instead of LIBRARY: itself when it is loaded, else the last one for REQUEST."
  (let ((latest (gethash (request-identity request) *latest*)))
    (cond ((library-generation library) library)
          ((and latest (library-generation latest)) latest))))

(defun load-with-restarts (library request)
  "Loads LIBRARY as REQUEST says, and gives it or what a restart chose."
  (loop
    (restart-case
        (return (progn (load-as library request) library))
      (retry ()
        :report (lambda (stream)
                  (format stream "Load ~a again, with its sources as they are now."
                          (request-title request))))
      (use-flags (flags)
        :report (lambda (stream)
                  (format stream "Load ~a with other compiler flags~@[ than ~{~a~^ ~}~]."
                          (request-title request) (getf request :flags)))
        :interactive read-flags
        (setf (getf request :flags) flags))
      (use-previous ()
        :test (lambda (condition)
                (declare (ignore condition))
                (previous-library library request))
        :report (lambda (stream)
                  (format stream "Use the ~a that was loaded before." (request-title request)))
        (return (previous-library library request))))))

(defun read-flags ()
  (format *query-io* "~&The compiler flags, with spaces between them: ")
  (finish-output *query-io*)
  (let ((line (read-line *query-io*)))
    (list (loop with start = 0
                for end = (position #\Space line :start start)
                for word = (subseq line start end)
                unless (string= word "") collect word
                while end do (setf start (1+ end))))))

(defun load-as (library request)
  "Loads LIBRARY as REQUEST says, or signals why that fails; LIBRARY is as it was then."
  (let* ((context (or (getf request :context) (default-context)))
         (symbols (host-symbols request))
         (handle (with-arena ()
                   (let ((place (write-request request (host-symbol-addresses symbols))))
                     (with-result (handle)
                       (%nlib-load (context-token context) place handle))))))
    (adopt library request context handle symbols)))

(defun adopt (library request context handle symbols)
  "LIBRARY is what HANDLE stands for from now on."
  (when (library-unloaded library)
    (%nlib-release (library-handle library)))
  (setf (library-request library) request
        (library-handle library) handle
        (library-context library) context
        (library-interface library) nil
        (library-name library) (read-text (%nlib-name handle))
        (library-unloaded library) nil
        (gethash (request-identity request) *latest*) library)
  (begin-generation library)
  (with-lock (*callbacks-lock*)
    ;; Those of the code before stay: objects of that code may hold them.
    (clrhash (library-callbacks library)))
  (with-lock (*libraries-lock*)
    (setf (gethash library *libraries*) t))
  (dolist (symbol symbols)
    (keep (cdr symbol) library))
  library)

(defun load-into (library)
  "Loads LIBRARY for the first time or for another process. A restart may choose another library's code."
  (let ((loaded (load-with-restarts library (library-request library))))
    (unless (eq loaded library)
      (fail 'usage-error "~a was not loaded, so there is nothing previous to use for it"
            (request-title (library-request library))))
    loaded))

(defun library-linker (library)
  "Which linker loaded LIBRARY: :JIT or :IMAGE."
  (ecase (%nlib-linked-by (live-handle (find-library library))) (0 nil) (1 :jit) (2 :image)))

;;; Unloading and loading anew

(defun unload (library)
  "Unloads LIBRARY: its destructors run, its code is gone, and each later use is an UNLOADED-ERROR. Refused with
an IN-USE-ERROR while its code runs, another library is linked against it, or it was loaded a second time and
neither unloaded nor released."
  (let ((library (find-library library)))
    (when (library-unloaded library)
      (fail 'unloaded-error "~a was unloaded already" (library-name library)))
    (when (called-p library)
      (fail 'in-use-error "~a cannot be unloaded: this thread runs its code, which called Lisp back"
            (library-name library)))
    (if (null (library-generation library))
        (setf (library-unloaded library) t)
        (with-lock ((library-lock library))
          (check (%nlib-unload (library-handle library)))
          (end-generations library)
          (setf (library-unloaded library) t)
          (with-lock (*libraries-lock*)
            (remhash library *libraries*))
          (free-callbacks library)))
    nil))

(defun release (library)
  "Gives LIBRARY up without unloading its code, for others may use it: each later use of LIBRARY itself is an
UNLOADED-ERROR."
  (let ((library (find-library library)))
    (when (library-generation library)
      (end-generations library)
      (setf (library-unloaded library) t)
      (%nlib-release (library-handle library)))
    nil))

(defun reload (library &key keep-old)
  "Loads LIBRARY anew from its sources as they are now. When that succeeds, its functions call the new code, and
the old code is unloaded, unless KEEP-OLD is true or something still uses it. When it fails, the old code stays;
the restarts are those of LOAD-NATIVE-LIBRARY, and USE-PREVIOUS goes on with the old code."
  (let* ((library (find-library library))
         (generation (library-generation library))
         (old (and generation (library-handle library))))
    (load-with-restarts library (library-request library))
    (unless (or (null old) (eql old (library-handle library)))
      (unless (or keep-old (called-p library))
        (when (unload-if-possible old)
          (setf (car (generation-loaded generation)) nil
                (library-loaded library) (remove (generation-loaded generation)
                                                 (library-loaded library)))))
      (%nlib-release old))
    library))

(defun unload-if-possible (handle)
  "Unloads what HANDLE stands for, unless it is in use. Gives whether it did."
  (let ((token (%nlib-unload handle)))
    (or (zerop token)
        (handler-case (error (take-condition token))
          (in-use-error () nil)))))

(defmacro with-library ((variable &rest arguments) &body body)
  "Runs BODY with VARIABLE bound to what LOAD-NATIVE-LIBRARY gives for ARGUMENTS, which is unloaded afterwards."
  `(let ((,variable (load-native-library ,@arguments)))
     (unwind-protect (progn ,@body)
       (unless (library-unloaded ,variable)
         (unload ,variable)))))

;;; Libraries by name

(defun find-library (designator)
  "The LIBRARY that DESIGNATOR stands for: itself, or the name of one, see DEFINE-LIBRARY."
  (if (library-p designator)
      designator
      (or (gethash (string-upcase designator) *named-libraries*)
          (let ((names '()))
            (maphash (lambda (name library) (declare (ignore library)) (push name names))
                     *named-libraries*)
            (fail 'usage-error "there is no library called ~a; ~:[DEFINE-LIBRARY makes one~;there are ~
                                ~:*~{~a~^, ~}~]" designator names)))))

(defun library (name)
  "The library called NAME, see DEFINE-LIBRARY."
  (find-library name))

(defun name-library (name arguments)
  "Has NAME stand for the library that ARGUMENTS ask for. The same request keeps the library that there is."
  (let* ((key (string-upcase name))
         (request (normal-request arguments))
         (known (gethash key *named-libraries*)))
    (if (and known (equal (library-request known) request))
        known
        (setf (gethash key *named-libraries*) (%make-library :request request)))))

(defmacro define-library (name &rest arguments)
  "Has the symbol NAME stand for a library, which is loaded when it is first used; in a dumped image too.
ARGUMENTS are as for LOAD-NATIVE-LIBRARY, or a list of such that are not evaluated:

  (define-library flecs :name \"flecs\" :features '(\"core\"))
  (define-library kit (:source \"kit.c\" :defines (\"NDEBUG\")))

Relative paths are relative to the file that this stands in. Gives NAME."
  (let* ((quoted (and (consp (first arguments)) (null (rest arguments))))
         (folder (let ((file (or *compile-file-truename* *load-truename*)))
                   (and file (make-pathname :name nil :type nil :version nil :defaults file)))))
    `(eval-when (:compile-toplevel :load-toplevel :execute)
       (let ((*default-pathname-defaults* ,(or folder '*default-pathname-defaults*)))
         (name-library ',name ,(if quoted `',(first arguments) `(list ,@arguments))))
       ',name)))

;;; Another process

(defun begin-session ()
  "This is another process than before: nothing is loaded, no address means anything."
  (setf (car *session*) nil
        *session* (list :session))
  (forget-libnlib)
  (forget-closures)
  (forget-storage)
  (maphash (lambda (library there)
             (declare (ignore there))
             (end-generations library)
             (setf (library-handle library) 0
                   (library-interface library) nil))
           *libraries*)
  (clrhash *libraries*))

(at-image-start 'begin-session)
