;;;; What is asked for, as the keywords that people write and as nlib_request.

(in-package #:nlib)

(defparameter *request-keywords*
  '(:name :source :manifest :manifest-text :manifest-folder :code :language :profile :flags :defines
    :include-dirs :with :system-libraries :features :options :host-symbols :overlays :linker
    :auto-libraries :no-default-features :context)
  "The keywords of LOAD-NATIVE-LIBRARY.")

(defun normal-request (arguments)
  "The property list that ARGUMENTS of LOAD-NATIVE-LIBRARY stand for."
  (let ((request (if (and arguments (not (keywordp (first arguments))))
                     (list* :name (first arguments) (rest arguments))
                     arguments)))
    (unless (evenp (length request))
      (fail 'usage-error "keywords and values are wanted, not ~s" request))
    (loop for (key) on request by #'cddr
          unless (member key *request-keywords*)
            do (fail 'usage-error "~s is no keyword of a load; there are ~{~s~^, ~}"
                     key *request-keywords*))
    (let ((kinds (remove-if-not (lambda (key) (getf request key))
                                '(:source :manifest :manifest-text :code))))
      (when (rest kinds)
        (fail 'usage-error "a library is made of one thing, not of ~{~s~^ and ~}" kinds))
      (unless (or kinds (getf request :name))
        (fail 'usage-error "say what to load: one of ~{~s~^, ~}"
              '(:name :source :manifest :manifest-text :code))))
    (with-absolute-paths (copy-list request))))

(defun with-absolute-paths (request)
  "REQUEST means the same later, when the working directory is another."
  (flet ((absolute (key)
           (let ((value (getf request key)))
             (when value
               (setf (getf request key)
                     (if (listp value)
                         (mapcar (lambda (part) (if (consp part) part (path-text part))) value)
                         (path-text value)))))))
    (absolute :source)
    (absolute :manifest)
    (absolute :include-dirs)
    (when (getf request :manifest-text)
      (setf (getf request :manifest-folder)
            (path-text (or (getf request :manifest-folder) ""))))
    request))

(defun request-identity (request)
  "What makes two requests ask for the same library, another version perhaps."
  (list (getf request :name) (getf request :source) (getf request :manifest)
        (if (getf request :name) nil (or (getf request :manifest-text) (getf request :code)))))

(defun request-title (request)
  "What REQUEST asks for, for people."
  (or (and (getf request :name) (word (getf request :name)))
      (let ((source (getf request :source)))
        (if (listp source) (first source) source))
      (getf request :manifest)
      (if (getf request :code) "code" "a manifest")))

(defun listed (value)
  (if (listp value) value (list value)))

(defun pairs (entries)
  "The addresses of the names and values of ENTRIES: a name, (NAME VALUE) or (NAME . VALUE) each."
  (mapcar (lambda (entry)
            (let ((value (and (consp entry)
                              (if (consp (rest entry)) (second entry) (rest entry)))))
              (cons (arena-text (word (if (consp entry) (first entry) entry)))
                    (arena-text (cond ((null value) nil)
                                      ((eq value t) "true")
                                      ((symbolp value) (word value))
                                      (t (princ-to-string value)))))))
          entries))

(defun define-pairs (entries)
  "As PAIRS, but a symbol's name is a macro's and stays in upper case."
  (pairs (mapcar (lambda (entry)
                   (if (consp entry)
                       (cons (string (first entry)) (rest entry))
                       (string entry)))
                 entries)))

(defun write-pair (address pair)
  (write-c-pair address :name (car pair) :value (cdr pair)))

(defun sources-of (request)
  "The nlib_source fields for the code or the list of sources of REQUEST; NIL for a single file."
  (let ((code (getf request :code))
        (source (getf request :source)))
    (cond (code
           (mapcar (lambda (part)
                     (destructuring-bind (text &rest details) (listed part)
                       (apply #'code-source request text details)))
                   (if (listp code) code (list code))))
          ((consp source)
           (mapcar (lambda (part)
                     (if (consp part)
                         (destructuring-bind (&key code name language) part
                           (code-source request code :name name :language language))
                         (list :path (arena-text part))))
                   source)))))

(defun code-source (request text &key name language)
  (let ((octets (etypecase text
                  (string (encode-text text))
                  ((vector (unsigned-byte 8)) (concatenate 'octets text #(0)))))
        (language (or language (getf request :language))))
    (list :name (arena-text name)
          :language (arena-text (and language (word language)))
          :data (arena-octets octets)
          :size (1- (length octets)))))

(defun write-source (address fields)
  (apply #'write-c-source address fields))

(defun write-request (request host-symbols)
  "Writes the nlib_request for REQUEST into the arena and gives its address. HOST-SYMBOLS are conses of a name
and an address."
  (let* ((sources (sources-of request))
         (library (and (null sources) (null (getf request :manifest-text))
                       (or (getf request :source) (getf request :manifest)
                           (word (getf request :name)))))
         (named (and (or sources (getf request :source) (getf request :manifest-text))
                     (getf request :name))))
    (flet ((texts (key) (arena-texts (mapcar #'word (listed (getf request key)))))
           (count-of (key) (length (listed (getf request key)))))
      (write-c-request
       (arena-allocate c-request-size)
       :struct-size c-request-size
       :library (arena-text library)
       :manifest-text (arena-text (getf request :manifest-text))
       :manifest-folder (arena-text (getf request :manifest-folder))
       :sources (arena-array sources c-source-size #'write-source)
       :source-count (length sources)
       :name (arena-text (and named (word named)))
       :profile (arena-text (and (getf request :profile) (word (getf request :profile))))
       :flags (texts :flags) :flag-count (count-of :flags)
       :defines (arena-array (define-pairs (listed (getf request :defines))) c-pair-size #'write-pair)
       :define-count (count-of :defines)
       :include-dirs (texts :include-dirs) :include-dir-count (count-of :include-dirs)
       :with (texts :with) :with-count (count-of :with)
       :system-libraries (texts :system-libraries)
       :system-library-count (count-of :system-libraries)
       :features (texts :features) :feature-count (count-of :features)
       :options (arena-array (pairs (listed (getf request :options))) c-pair-size #'write-pair)
       :option-count (count-of :options)
       :host-symbols (arena-array host-symbols c-pair-size #'write-host-symbol)
       :host-symbol-count (length host-symbols)
       :overlays (texts :overlays) :overlay-count (count-of :overlays)
       :linker (keyword-number (getf request :linker :auto) '(:auto :jit :image))
       :auto-libraries (if (getf request :auto-libraries) 1 0)
       :no-default-features (if (getf request :no-default-features) 1 0)))))

(defun write-host-symbol (address symbol)
  (write-c-pair address :name (arena-text (car symbol)) :value (cdr symbol)))

(defun host-symbols (request)
  "Conses of a name and a CALLBACK or an address, for the host symbols of REQUEST: (NAME TYPE FUNCTION), or
(NAME POINTER)."
  (mapcar (lambda (entry)
            (destructuring-bind (name what &optional (function nil function-given)) entry
              (cons name
                    (cond (function-given (make-callback nil what function))
                          ((callback-p what) what)
                          ((foreign-p what) (foreign-address (check-alive what)))
                          ((native-pointer-p what) (native-pointer-address what))
                          (t (fail 'usage-error "the host symbol ~a is neither a function with its ~
                                                 type nor a pointer: ~s" name what))))))
          (getf request :host-symbols)))

(defun host-symbol-addresses (symbols)
  (loop for (name . what) in symbols
        collect (cons name (if (callback-p what) (callback-address what) what))))
