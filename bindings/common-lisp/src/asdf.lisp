;;;; Libraries as components of ASDF systems:
;;;;
;;;;   (defsystem "game"
;;;;     :defsystem-depends-on ("nlib")
;;;;     :components ((:nlib-library "flecs" :features ("core"))
;;;;                  (:nlib-library "physics" :source "physics.c" :package "PHYSICS")
;;;;                  (:file "game" :depends-on ("flecs" "physics"))))
;;;;
;;;; compile-op brings the library into nlib's cache, load-op has its name stand for it.

(in-package #:nlib)

(defclass nlib-library (asdf:component)
  ((request :initarg :request :initform '() :reader component-request)
   (package :initarg :package :initform nil :reader component-package)
   (prefixes :initarg :prefixes :initform '() :reader component-prefixes))
  (:documentation "A native library. Its name is that of the library; the keywords of LOAD-NATIVE-LIBRARY say what
it is. PACKAGE makes a package of its names, see DEFINE-FUNCTIONS."))

(defmethod initialize-instance :around ((component nlib-library) &rest arguments
                                        &key &allow-other-keys)
  "The keywords of a load are collected in REQUEST."
  (multiple-value-bind (request others) (split-request arguments)
    (apply #'call-next-method component :request request others)))

(defmethod reinitialize-instance :around ((component nlib-library) &rest arguments
                                          &key &allow-other-keys)
  (multiple-value-bind (request others) (split-request arguments)
    (apply #'call-next-method component :request request others)))

(defun split-request (arguments)
  "The keywords of a load among ARGUMENTS, but for the name, and the others."
  (loop for (key value) on arguments by #'cddr
        if (and (member key *request-keywords*) (not (eq key :name)))
          append (list key value) into request
        else append (list key value) into others
        finally (return (values request others))))

(defun component-arguments (component)
  "The arguments of LOAD-NATIVE-LIBRARY for COMPONENT; paths are relative to the system's folder."
  (let* ((request (component-request component))
         (file (or (getf request :source) (getf request :manifest))))
    (append (unless (or file (getf request :code) (getf request :manifest-text))
              (list :name (asdf:component-name component)))
            (loop for (key value) on request by #'cddr
                  append (list key (if (member key '(:source :manifest :include-dirs))
                                       (system-paths component value)
                                       value))))))

(defun system-paths (component value)
  (let ((folder (asdf:component-pathname (asdf:component-parent component))))
    (flet ((absolute (path) (merge-pathnames (native-pathname (namestring path)) folder)))
      (if (listp value) (mapcar #'absolute value) (absolute value)))))

(defmethod asdf:component-pathname ((component nlib-library))
  "The file that COMPONENT is made of, when it is one file."
  (let ((file (or (getf (component-request component) :source)
                  (getf (component-request component) :manifest))))
    (if (and file (not (listp file)))
        (system-paths component file)
        nil)))

(defmethod asdf:input-files ((operation asdf:operation) (component nlib-library))
  (let ((path (asdf:component-pathname component)))
    (and path (list path))))

(defmethod asdf:output-files ((operation asdf:operation) (component nlib-library))
  (values '() t))

(defun component-library (component)
  (name-library (asdf:component-name component) (component-arguments component)))

(defmethod asdf:perform ((operation asdf:compile-op) (component nlib-library))
  (ensure-loaded (component-library component)))

(defmethod asdf:perform ((operation asdf:load-op) (component nlib-library))
  (let ((library (component-library component)))
    (when (component-package component)
      (install-names (asdf:component-name component) (string (component-package component))
                     (chosen-names library (component-prefixes component) '() '() t)))))

(defmethod asdf:operation-done-p ((operation asdf:load-op) (component nlib-library))
  "Every image needs the name, so it is done when this one has it."
  (and (gethash (string-upcase (asdf:component-name component)) *named-libraries*) t))

(defmethod asdf:operation-done-p ((operation asdf:compile-op) (component nlib-library))
  "nlib itself knows what has changed."
  nil)

(setf (find-class 'asdf::nlib-library) (find-class 'nlib-library))
