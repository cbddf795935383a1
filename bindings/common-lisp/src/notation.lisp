;;;; Types as people write them in Lisp: :int, (:pointer :double), (:array :float 4), "kit_point".

(in-package #:nlib)

(defparameter *scalar-types*
  (flet ((integer (name size signed) (make-integer-type :spelling name :size size :signed signed)))
    `((:void . ,(make-void-type :spelling "void"))
      (:bool . ,(make-bool-type :spelling "bool"))
      (:char . ,(make-character-type :spelling "char" :size 1 :signed t))
      (:signed-char . ,(integer "signed char" 1 t)) (:unsigned-char . ,(integer "unsigned char" 1 nil))
      (:short . ,(integer "short" 2 t)) (:unsigned-short . ,(integer "unsigned short" 2 nil))
      (:int . ,(integer "int" 4 t)) (:unsigned-int . ,(integer "unsigned int" 4 nil))
      (:long . ,(integer "long" 8 t)) (:unsigned-long . ,(integer "unsigned long" 8 nil))
      (:long-long . ,(integer "long long" 8 t))
      (:unsigned-long-long . ,(integer "unsigned long long" 8 nil))
      (:int8 . ,(integer "int8_t" 1 t)) (:uint8 . ,(integer "uint8_t" 1 nil))
      (:int16 . ,(integer "int16_t" 2 t)) (:uint16 . ,(integer "uint16_t" 2 nil))
      (:int32 . ,(integer "int32_t" 4 t)) (:uint32 . ,(integer "uint32_t" 4 nil))
      (:int64 . ,(integer "int64_t" 8 t)) (:uint64 . ,(integer "uint64_t" 8 nil))
      (:size . ,(integer "size_t" 8 nil))
      (:float . ,(make-float-type :spelling "float" :size 4))
      (:double . ,(make-float-type :spelling "double" :size 8))))
  "The types that are named by keywords.")

(defparameter *short-names*
  '((:uchar . :unsigned-char) (:ushort . :unsigned-short) (:uint . :unsigned-int)
    (:ulong . :unsigned-long) (:llong . :long-long) (:ullong . :unsigned-long-long))
  "The other names that CFFI has for some.")

(defun find-type (specifier &optional library)
  "The CTYPE that SPECIFIER stands for:
  a keyword:  :void :bool :char :short :int :long :long-long, :unsigned-int and so on, :int8 to :uint64, :size,
              :float, :double; :string, a const char *; :pointer, a void *
  a list:     (:pointer TYPE), (:const TYPE), (:array TYPE COUNT), (:function RESULT (PARAMETER ...)),
              (:struct (FIELD TYPE) ...), (:union (FIELD TYPE) ...)
  a string:   the C name of a record, enumeration or typedef of LIBRARY; or a scalar type; with * after it,
              a pointer
  a symbol:   the Lisp name of a type of LIBRARY"
  (etypecase specifier
    (ctype specifier)
    (keyword (keyword-type specifier library))
    (string (spelled-type specifier library))
    (symbol (named-lisp-type specifier library))
    (cons (compound-type specifier library))))

(defun unknown-type (specifier library)
  (fail 'usage-error "~s is no type~@[ of ~a~]" specifier (and library (library-name library))))

(defun keyword-type (keyword library)
  (let ((scalar (cdr (assoc (or (cdr (assoc keyword *short-names*)) keyword) *scalar-types*))))
    (cond (scalar scalar)
          ((eq keyword :string)
           (pointer-to-type (with-const (keyword-type :char nil) t) nil))
          ((eq keyword :pointer) (pointer-to-type (keyword-type :void nil) nil))
          (library (named-lisp-type keyword library))
          (t (fail 'usage-error "~s is no type; there are ~{~s~^, ~}, :STRING, :POINTER, lists and names ~
                                 of a library's types" keyword (mapcar #'car *scalar-types*))))))

(defun compound-type (specifier library)
  (destructuring-bind (operator argument &rest more) specifier
    (case operator
      ((:struct :union) (written-record operator (cons argument more) library))
      (:pointer (pointer-to-type (find-type argument library)
                                 (and library (library-interface-or-nil library))))
      (:const (with-const (find-type argument library) t))
      (:array (array-of-type (find-type argument library) (first more)))
      (:function
       (let ((result (find-type argument library))
             (parameters (mapcar (lambda (type) (make-parameter :type (find-type type library)))
                                 (first more))))
         (pointer-to-type
          (make-function-type
           :spelling (format nil "~a (*)(~{~a~^, ~})" (ctype-spelling result)
                             (mapcar (lambda (parameter)
                                       (ctype-spelling (parameter-type parameter)))
                                     parameters))
           :result result :parameters parameters
           :interface (and library (library-interface-or-nil library)))
          nil)))
      (t (unknown-type specifier library)))))

(defun written-record (kind fields library)
  "The record of KIND, :STRUCT or :UNION, with FIELDS, lists of a name and a type, laid out as C does."
  (let ((definition (make-definition)))
    (loop for (name specifier) in fields
          for type = (find-type specifier library)
          for alignment = (type-alignment type)
          for offset = (if (eq kind :struct)
                           (* alignment (ceiling (definition-size definition) alignment))
                           0)
          do (let ((field (make-field :name (string-downcase name) :type type :offset offset)))
               (unless (type-size type)
                 (unknown-type specifier library))
               (push field (definition-fields definition))
               (enter-field definition field)
               (setf (definition-size definition)
                     (max (definition-size definition) (+ offset (type-size type)))
                     (definition-alignment definition)
                     (max (definition-alignment definition) alignment))))
    (setf (definition-fields definition) (reverse (definition-fields definition))
          (definition-size definition) (* (definition-alignment definition)
                                          (ceiling (definition-size definition)
                                                   (definition-alignment definition))))
    (let ((text (format nil "~(~a~) { ~{~a; ~}}" kind
                        (mapcar (lambda (field)
                                  (format nil "~a ~a" (ctype-spelling (field-type field))
                                          (field-name field)))
                                (definition-fields definition)))))
      (make-record-type :spelling text :name text :cell (list definition)))))

(defun library-interface-or-nil (library)
  (let ((interface (library-interface library)))
    (and (typep interface 'interface) interface)))

(defun spelled-type (text library)
  (let* ((trimmed (string-trim " " text))
         (end (length trimmed)))
    (cond ((and (plusp end) (char= (char trimmed (1- end)) #\*))
           (pointer-to-type (spelled-type (subseq trimmed 0 (1- end)) library)
                            (and library (library-interface-or-nil library))))
          ((and (> end 6) (string= "const " trimmed :end2 6))
           (with-const (spelled-type (subseq trimmed 6) library) t))
          ((cdr (assoc trimmed *scalar-types*
                       :test (lambda (text entry-key)
                               (string= text (ctype-spelling
                                              (cdr (assoc entry-key *scalar-types*))))))))
          (library (declared-type trimmed library))
          (t (unknown-type text nil)))))

(defun declared-type (name library)
  "The record, enumeration or typedef NAME of LIBRARY."
  (let* ((interface (library-description library))
         (item (find-if (lambda (item)
                          (member (symbol-of (getf item :item)) '(:record :enum :typedef)))
                        (describe-item interface nil name))))
    (unless item
      (unknown-type name library))
    (named-type interface (getf item :item) name)))

(defun named-lisp-type (symbol library)
  (let ((library (or (and (declaration-of symbol) (find-library (declaration-of symbol))) library)))
    (unless library
      (unknown-type symbol library))
    (declared-type (c-name symbol library '("record" "enum" "typedef")) library)))

(defun c-name (designator library kinds)
  "The C name that DESIGNATOR stands for: a string itself; a symbol what its name is the Lisp name of, among
what LIBRARY declares of KINDS."
  (if (stringp designator)
      designator
      (let* ((interface (library-description library))
             (table (or (interface-lisp-names interface)
                        (setf (interface-lisp-names interface) (lisp-name-table interface)))))
        (or (nth-value 1 (declaration-of designator))
            (loop for kind in kinds
                  thereis (gethash (cons kind (symbol-name designator)) table))
            (fail 'symbol-error "~a declares nothing that is called ~s in Lisp"
                  (library-name library) designator)))))

(defun lisp-name-table (interface)
  "From conses of a kind and a Lisp name to the first C name for it."
  (let ((table (make-hash-table :test #'equal)))
    (dolist (kind '("function" "variable" "record" "enum" "enumerator" "typedef" "constant") table)
      (dolist (name (declared-names interface kind))
        (let ((key (cons kind (if (string= kind "function")
                                  (function-lisp-name name)
                                  (lisp-name name)))))
          (unless (gethash key table)
            (setf (gethash key table) name)))))))
