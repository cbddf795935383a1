;;;; Types of C and C++: CTYPEs, made of the data of docs/interface.md or of what people write in Lisp.
;;;;
;;;; A record or an enumeration is known by its name until somebody asks what is in it.

(in-package #:nlib)

(defstruct (ctype (:copier nil))
  "SPELLING is how C names the type."
  (spelling "" :type string)
  (const nil))

(defstruct (void-type (:include ctype) (:copier copy-void-type)))
(defstruct (bool-type (:include ctype) (:copier copy-bool-type)))
(defstruct (integer-type (:include ctype) (:copier copy-integer-type))
  (size 4) (signed t))
(defstruct (character-type (:include integer-type) (:copier copy-character-type)))
(defstruct (float-type (:include ctype) (:copier copy-float-type))
  (size 8))
(defstruct (pointer-type (:include ctype) (:copier copy-pointer-type))
  (target nil) (nonnull nil) (interface nil))
(defstruct (reference-type (:include pointer-type) (:copier copy-reference-type)))
(defstruct (array-type (:include ctype) (:copier copy-array-type))
  (element nil) (count nil))
(defstruct (function-type (:include ctype) (:copier copy-function-type))
  (result nil) (parameters '()) (variadic nil) (interface nil))
(defstruct (record-type (:include ctype) (:copier copy-record-type))
  (name "") (interface nil) (cell (list nil)))
(defstruct (enum-type (:include ctype) (:copier copy-enum-type))
  (name "") (interface nil) (cell (list nil)))
(defstruct (unsupported-ctype (:include ctype) (:copier copy-unsupported-ctype))
  (size 0))

(defstruct parameter
  (name "" :type string) (type nil) (default nil))

(defmethod print-object ((type ctype) stream)
  (print-unreadable-object (type stream :type t)
    (write-string (ctype-spelling type) stream)))

;;; From an interface's data

(defun symbol-of (text)
  "The keyword that stands for a word of the data."
  (intern (string-upcase text) :keyword))

(defun integer-value (value)
  "A whole number of the data: large ones are texts."
  (if (stringp value) (parse-integer value) value))

(defun parse-type (data interface)
  "The type that DATA describes."
  (let ((const (getf data :const))
        (name (getf data :name ""))
        (size (getf data :size)))
    (ecase (symbol-of (getf data :kind))
      (:void (make-void-type :spelling (qualified "void" const) :const const))
      (:bool (make-bool-type :spelling (qualified "bool" const) :const const))
      (:integer (make-integer-type :spelling (qualified name const) :const const :size size
                                   :signed (getf data :signed)))
      (:character (make-character-type :spelling (qualified name const) :const const :size size
                                       :signed (getf data :signed)))
      (:float (make-float-type :spelling (qualified name const) :const const :size size))
      (:pointer (pointer-to-type (parse-type (getf data :to) interface) interface
                                 :const const
                                 :nonnull (equal (getf data :nullability) "nonnull")))
      (:reference (let ((target (parse-type (getf data :to) interface)))
                    (make-reference-type :spelling (format nil "~a &" (ctype-spelling target))
                                         :target target :nonnull t :interface interface)))
      (:array (array-of-type (parse-type (getf data :of) interface) (getf data :length)))
      (:vector (make-unsupported-ctype
                :spelling (format nil "a vector of ~d ~a" (getf data :length)
                                  (ctype-spelling (parse-type (getf data :of) interface)))))
      (:function (parse-function-type data interface))
      (:typedef (with-const (named-type interface "typedef" name) const))
      (:record (with-const (named-type interface "record" name) const))
      (:enum (with-const (named-type interface "enum" name) const))
      (:unsupported (make-unsupported-ctype :spelling (getf data :spelling) :size (or size 0))))))

(defun qualified (spelling const)
  (if const (concatenate 'string "const " spelling) spelling))

(defun pointer-to-type (target interface &key const nonnull)
  (make-pointer-type :spelling (if (function-type-p target)
                                   (ctype-spelling target)
                                   (format nil "~a *~:[~;const~]" (ctype-spelling target) const))
                     :const const :target target :nonnull nonnull :interface interface))

(defun array-of-type (element count)
  (make-array-type :spelling (format nil "~a[~@[~d~]]" (ctype-spelling element) count)
                   :element element :count count))

(defun parse-function-type (data interface)
  (let ((result (parse-type (getf data :result) interface))
        (parameters (parse-parameters (getf data :parameters) interface)))
    (make-function-type
     :spelling (format nil "~a (*)(~{~a~^, ~}~:[~;, ...~])" (ctype-spelling result)
                       (mapcar (lambda (parameter) (ctype-spelling (parameter-type parameter)))
                               parameters)
                       (getf data :variadic))
     :result result :parameters parameters :variadic (getf data :variadic)
     :interface interface)))

(defun parse-parameters (data interface)
  (loop for parameter in data
        collect (make-parameter :name (getf parameter :name "")
                                :type (parse-type (getf parameter :type) interface)
                                :default (getf parameter :default))))

(defun renamed (type spelling)
  "A copy of TYPE with another SPELLING. What is known of a record stays common to all copies."
  (let ((copy (copy-structure type)))
    (setf (ctype-spelling copy) spelling)
    copy))

(defun with-const (type const)
  (if (and const (not (ctype-const type)))
      (let ((copy (renamed type (qualified (ctype-spelling type) t))))
        (setf (ctype-const copy) t)
        copy)
      type))

(defun named-type (interface kind name)
  "The type of KIND, \"typedef\", \"record\" or \"enum\", that is called NAME."
  (let ((key (cons kind name))
        (types (interface-types interface)))
    (or (gethash key types)
        (let ((type (cond ((string= kind "record")
                           (make-record-type :spelling name :name name :interface interface))
                          ((string= kind "enum")
                           (make-enum-type :spelling name :name name :interface interface))
                          (t
                           (let ((item (first (describe-item interface kind name))))
                             (renamed (parse-type (getf item :type) interface) name))))))
          (with-lock ((library-lock (interface-library interface)))
            (or (gethash key types)
                (setf (gethash key types) type)))))))

;;; What is in a record

(defstruct definition
  "What is known of a record. FIELDS are as the header has them; TABLE finds them and those of unnamed records
and base classes by their C names and by keyword; KEYS are these keywords, the last one first."
  (union nil) (size 0) (alignment 1) (opaque nil) (trivial t) (abstract nil) (bases '()) (fields '())
  (table (make-hash-table :test #'equal)) (keys '()) (documentation nil))

(defstruct field
  "SHARED is true when it lies in a union, so that other fields may lie where it does."
  (name "" :type string) (type nil) (shared nil) (offset 0) (bit-offset nil) (bit-width nil) (private nil)
  (documentation nil))

(defun record-definition (record)
  (or (car (record-type-cell record))
      (setf (car (record-type-cell record))
            (read-definition (record-type-interface record) (record-type-name record)))))

(defun read-definition (interface name)
  (let* ((item (or (first (describe-item-or-nil interface "record" name))
                   (list :size 0 :opaque t)))
         (definition (make-definition
                      :union (equal (getf item :kind) "union")
                      :size (getf item :size) :alignment (max 1 (getf item :alignment 1))
                      :opaque (getf item :opaque) :trivial (getf item :trivial)
                      :abstract (getf item :abstract)
                      :bases (getf item :bases)
                      :fields (mapcar (lambda (field) (parse-field field interface))
                                      (getf item :fields))
                      :documentation (getf item :documentation))))
    (dolist (base (getf item :bases))
      (when (getf base :offset)
        (enter-inner-fields definition (named-type interface "record" (getf base :name))
                            (getf base :offset))))
    (dolist (field (definition-fields definition))
      (cond ((field-private field))
            ((string= (field-name field) "")
             (enter-inner-fields definition (field-type field) (field-offset field)))
            (t (enter-field definition field))))
    definition))

(defun parse-field (data interface)
  (let ((bits (getf data :bits)))
    (make-field :name (getf data :name "") :type (parse-type (getf data :type) interface)
                :offset (getf data :offset)
                :bit-offset (and bits (getf bits :offset))
                :bit-width (and bits (getf bits :width))
                :private (getf data :private)
                :documentation (getf data :documentation))))

(defun enter-field (definition field)
  (let ((table (definition-table definition))
        (keyword (keyword-name (field-name field))))
    (when (definition-union definition)
      (setf (field-shared field) t))
    (setf (gethash (field-name field) table) field
          (gethash keyword table) field)
    (push keyword (definition-keys definition))))

(defun enter-inner-fields (definition record offset)
  "Enters the fields of RECORD, which lies at OFFSET, as if they were those of DEFINITION."
  (when (record-type-p record)
    (let ((inner (record-definition record)))
      (dolist (keyword (field-keywords inner))
        (enter-field definition (moved-field (gethash keyword (definition-table inner)) offset))))))

(defun field-keywords (definition)
  "The keywords of the fields, in the header's order."
  (remove-duplicates (reverse (definition-keys definition))))

(defun moved-field (field offset)
  (let ((copy (copy-field field)))
    (incf (field-offset copy) offset)
    (when (field-bit-offset copy)
      (incf (field-bit-offset copy) (* 8 offset)))
    copy))

(defun base-offset (record name)
  "Where the base class NAME lies in RECORD, in bytes; NIL when it is none of its bases."
  (dolist (base (definition-bases (record-definition record)) nil)
    (let ((offset (getf base :offset)))
      (when offset
        (when (string= (getf base :name) name)
          (return offset))
        (let ((inner (base-offset (named-type (record-type-interface record) "record"
                                              (getf base :name))
                                  name)))
          (when inner
            (return (+ offset inner))))))))

;;; What is in an enumeration

(defstruct enumeration
  (type nil) (values '() :type list) (numbers (make-hash-table :test #'equal))
  (keywords (make-hash-table)))

(defun enum-enumeration (enum)
  (or (car (enum-type-cell enum))
      (setf (car (enum-type-cell enum))
            (read-enumeration (enum-type-interface enum) (enum-type-name enum)))))

(defun read-enumeration (interface name)
  "NUMBERS goes from keywords and C names to numbers, KEYWORDS back from numbers to the first of its names."
  (let* ((item (first (describe-item interface "enum" name)))
         (enumeration (make-enumeration :type (parse-type (getf item :type) interface))))
    (dolist (value (getf item :values))
      (let* ((name (getf value :name))
             (number (integer-value (getf value :value)))
             (keyword (keyword-name name)))
        (setf (gethash name (enumeration-numbers enumeration)) number
              (gethash (last-component name) (enumeration-numbers enumeration)) number
              (gethash keyword (enumeration-numbers enumeration)) number)
        (unless (gethash number (enumeration-keywords enumeration))
          (setf (gethash number (enumeration-keywords enumeration)) keyword))
        (push keyword (enumeration-values enumeration))))
    (setf (enumeration-values enumeration) (nreverse (enumeration-values enumeration)))
    enumeration))

;;; Sizes, and how a value travels

(defun type-size (type)
  "The size of TYPE in bytes; NIL when it has none that is known."
  (etypecase type
    (void-type nil)
    (bool-type 1)
    (integer-type (integer-type-size type))
    (float-type (float-type-size type))
    (pointer-type 8)
    (array-type (let ((size (type-size (array-type-element type))))
                  (and size (array-type-count type) (* size (array-type-count type)))))
    (function-type nil)
    (record-type (let ((definition (record-definition type)))
                   (if (definition-opaque definition) nil (definition-size definition))))
    (enum-type (type-size (enumeration-type (enum-enumeration type))))
    (unsupported-ctype (let ((size (unsupported-ctype-size type)))
                         (if (plusp size) size nil)))))

(defun type-alignment (type)
  (etypecase type
    (array-type (type-alignment (array-type-element type)))
    (record-type (definition-alignment (record-definition type)))
    (ctype (or (type-size type) 1))))

(defun raw-type (type)
  "The raw type that a value of TYPE is passed as; NIL when it cannot be passed by value."
  (etypecase type
    (void-type :void)
    (bool-type :uint8)
    (integer-type (if (integer-type-signed type)
                      (case (integer-type-size type) (1 :int8) (2 :int16) (4 :int32) (8 :int64))
                      (case (integer-type-size type) (1 :uint8) (2 :uint16) (4 :uint32) (8 :uint64))))
    (float-type (case (float-type-size type) (4 :float) (8 :double)))
    (pointer-type :pointer)
    (enum-type (raw-type (enumeration-type (enum-enumeration type))))
    (ctype nil)))

(defun octet-character-p (type)
  "Whether TYPE is a char, of which texts of UTF-8 consist."
  (and (character-type-p type) (= (integer-type-size type) 1)))

(defun text-type-p (type)
  "Whether TYPE is a pointer to text of UTF-8."
  (and (pointer-type-p type) (octet-character-p (pointer-type-target type))))

(defun same-type-p (one other)
  "Whether what a pointer to ONE points to may be used as OTHER."
  (etypecase one
    (void-type t)
    (bool-type (bool-type-p other))
    (integer-type (and (or (integer-type-p other) (enum-type-p other))
                       (eql (type-size one) (type-size other))))
    (float-type (and (float-type-p other) (= (float-type-size one) (float-type-size other))))
    (pointer-type (pointer-type-p other))
    (array-type (same-type-p (array-type-element one)
                             (if (array-type-p other) (array-type-element other) other)))
    (function-type (function-type-p other))
    (record-type (and (record-type-p other)
                      (string= (record-type-name one) (record-type-name other))))
    (enum-type (or (and (enum-type-p other) (string= (enum-type-name one) (enum-type-name other)))
                   (and (integer-type-p other) (eql (type-size one) (type-size other)))))
    (unsupported-ctype (string= (ctype-spelling one) (ctype-spelling other)))))
