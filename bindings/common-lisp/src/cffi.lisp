;;;; What a library's headers declare, as definitions of CFFI's: for code that is written with CFFI.
;;;;
;;;; Structures are those of CFFI, pointers are the implementation's, and functions take what CFFI's types take.
;;;; Left out is what CFFI has no word for: bit-fields, records by value, and C++. nlib's own functions have them.

(defpackage #:nlib/cffi
  (:use #:common-lisp #:nlib)
  (:export #:define-foreign))

(in-package #:nlib/cffi)

(defmacro define-foreign (library &key package prefixes only except)
  "Makes a package with what the headers of LIBRARY declare in CFFI's terms: DEFCSTRUCT, DEFCUNION, DEFCENUM for
types, and functions that call with those types. The arguments are as for NLIB:DEFINE-FUNCTIONS; the package is
called like the library with /CFFI after it, or PACKAGE. The library is loaded when this is compiled, and again
by the first call."
  (let* ((actual (find-library library))
         (name (string (or package (format nil "~a/CFFI" library))))
         (chosen (nlib::chosen-names actual prefixes only except nil))
         (interface (nlib::library-description actual)))
    (unless (find-package name)
      (make-package name :use '()))
    (let ((symbols (loop for (kind c-name lisp-name) in chosen
                         when (member kind '("record" "enum" "function") :test #'string=)
                           collect (list kind c-name (intern lisp-name name)))))
      `(progn
         (eval-when (:compile-toplevel :load-toplevel :execute)
           (unless (find-package ,name)
             (make-package ,name :use '()))
           (export (list ,@(loop for (nil nil symbol) in symbols
                                 collect `(intern ,(symbol-name symbol) ,name)))
                   ,name))
         ,@(loop for (kind c-name symbol) in symbols
                 when (string= kind "enum")
                   collect (enum-form symbol (nlib::named-type interface kind c-name)))
         ,@(record-forms symbols interface)
         ,@(loop for (kind c-name symbol) in symbols
                 when (string= kind "function")
                   append (function-forms library symbol actual c-name symbols))
         ,name))))

;;; Types

(defun scalar-type (raw)
  "CFFI's name of a raw type."
  (if (eq raw :pointer) :pointer raw))

(defun cffi-type (type symbols)
  "TYPE in CFFI's terms, as a field or a parameter; NIL when it has none. SYMBOLS are lists of kind, C name and
symbol for what is defined."
  (flet ((defined (kind name)
           (third (find-if (lambda (entry)
                             (and (string= (first entry) kind) (string= (second entry) name)))
                           symbols))))
    (typecase type
      (nlib::void-type :void)
      (nlib::bool-type '(:boolean :uint8))
      (nlib::enum-type (let ((symbol (defined "enum" (nlib::enum-type-name type))))
                         (or symbol (scalar-type (nlib::raw-type type)))))
      (nlib::pointer-type
       (if (and (nlib::text-type-p type) (nlib::ctype-const (nlib::pointer-type-target type)))
           :string
           :pointer))
      (nlib::record-type (let ((symbol (defined "record" (nlib::record-type-name type))))
                           (and symbol (list (record-kind type) symbol))))
      (t (let ((raw (nlib::raw-type type)))
           (and raw (scalar-type raw)))))))

(defun record-kind (record)
  "Whether all fields of RECORD, of which there are several, begin where it begins."
  (let ((fields (nlib::definition-fields (nlib::record-definition record))))
    (if (and (rest fields) (every (lambda (field) (zerop (nlib::field-offset field))) fields))
        :union
        :struct)))

(defun enum-form (symbol enum)
  (let ((enumeration (nlib::enum-enumeration enum)))
    `(cffi:defcenum (,symbol ,(scalar-type (nlib::raw-type (nlib::enumeration-type enumeration)))
                             :allow-undeclared-values t)
       ,@(loop for keyword in (nlib::enumeration-values enumeration)
               collect (list keyword (gethash keyword (nlib::enumeration-numbers enumeration)))))))

(defun record-forms (symbols interface)
  "Definitions of the records among SYMBOLS, one that another holds before it."
  (let ((done '())
        (forms '()))
    (labels ((visit (name symbol)
               (unless (member name done :test #'string=)
                 (push name done)
                 (let* ((record (nlib::named-type interface "record" name))
                        (definition (nlib::record-definition record)))
                   (unless (nlib::definition-opaque definition)
                     (mapc #'visit-held (mapcar #'nlib::field-type (nlib::definition-fields definition)))
                     (push (record-form symbol record definition symbols) forms)))))
             (visit-held (type)
               (typecase type
                 (nlib::array-type (visit-held (nlib::array-type-element type)))
                 (nlib::record-type
                  (let ((entry (find-if (lambda (entry)
                                          (and (string= (first entry) "record")
                                               (string= (second entry)
                                                        (nlib::record-type-name type))))
                                        symbols)))
                    (when entry (visit (second entry) (third entry))))))))
      (loop for (kind name symbol) in symbols
            when (string= kind "record")
              do (visit name symbol)))
    (nreverse forms)))

(defun record-form (symbol record definition symbols)
  (let ((size (nlib::definition-size definition))
        (fields (loop for key in (nlib::field-keywords definition)
                      for field = (gethash key (nlib::definition-table definition))
                      for form = (field-form key field symbols (symbol-package symbol))
                      when form collect form)))
    (if (eq (record-kind record) :union)
        `(cffi:defcunion (,symbol :size ,size)
           ,@(mapcar (lambda (form) (remove-offset form)) fields))
        `(cffi:defcstruct (,symbol :size ,size) ,@fields))))

(defun remove-offset (form)
  (let ((position (position :offset form)))
    (append (subseq form 0 position) (subseq form (+ position 2)))))

(defun field-form (key field symbols package)
  "A field of DEFCSTRUCT's, whose name is a symbol of PACKAGE; NIL when CFFI has no word for it."
  (let* ((type (nlib::field-type field))
         (element (if (nlib::array-type-p type) (nlib::array-type-element type) type))
         (cffi-type (and (null (nlib::field-bit-width field)) (cffi-type element symbols)))
         (name (intern (symbol-name key) package)))
    (when cffi-type
      (export name package)
      `(,name ,cffi-type
              ,@(when (nlib::array-type-p type) `(:count ,(or (nlib::array-type-count type) 0)))
              :offset ,(nlib::field-offset field)))))

;;; Functions

(defun function-forms (library symbol actual c-name symbols)
  "A list of the definition of a function; empty when CFFI has no word for it."
  (let* ((candidates (nlib::native-function-candidates (native-function actual c-name)))
         (candidate (first candidates))
         (parameters (nlib::arguments-of candidate))
         (types (mapcar (lambda (parameter) (by-value-type (nlib::parameter-type parameter) symbols))
                        parameters))
         (result (by-value-type (nlib::candidate-result candidate) symbols)))
    (when (and (null (rest candidates)) (nlib::candidate-direct candidate) result (notany #'null types))
      (list (function-form library symbol c-name candidate
                           (nlib::parameter-symbols parameters) types result)))))

(defun by-value-type (type symbols)
  (if (nlib::record-type-p type) nil (cffi-type type symbols)))

(defun function-form (library symbol c-name candidate names types result)
  "A function; of a variadic one a macro, which takes types and values after the declared arguments."
  (let ((documentation (format nil "~a~@[~%~a~]" (nlib::candidate-text candidate)
                               (nlib::candidate-documentation candidate)))
        (pointer `(nlib::current-pointer
                   (load-time-value (nlib::intern-function (find-library ',library) ,c-name))))
        (declared (loop for name in names for type in types append (list type name))))
    (if (nlib::candidate-variadic candidate)
        `(defmacro ,symbol (,@names &rest types-and-values)
           ,documentation
           (list* 'cffi:foreign-funcall-pointer ',pointer '()
                  ,@(loop for name in names for type in types append (list `',type name))
                  (append types-and-values (list ',result))))
        `(defun ,symbol ,names
           ,documentation
           (nlib::with-c-environment (:library (find-library ',library) :stray t)
             (cffi:foreign-funcall-pointer ,pointer () ,@declared ,result))))))
