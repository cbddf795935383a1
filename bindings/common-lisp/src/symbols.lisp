;;;; What a library has besides functions: symbols, variables, constants, names; and calls with types that are
;;;; given.

(in-package #:nlib)

(defun symbol-address (library name)
  "The address of the function or variable NAME that LIBRARY publishes, an integer. NAME is its name in C, or in
C++ its qualified name, with parameters where it is overloaded."
  (let ((handle (live-handle (find-library library))))
    (with-arena ()
      (let ((text (arena-text name)))
        (with-result (place) (%nlib-symbol handle text place))))))

(defun symbols (library)
  "What LIBRARY publishes: a list of property lists with :name, :demangled, :address, :bytes, :function."
  (let ((handle (live-handle (find-library library))))
    (with-arena ()
      (let ((place (write-c-symbol-info (arena-allocate c-symbol-info-size)
                                        :struct-size c-symbol-info-size)))
        (loop for i below (with-result (count :uint64) (%nlib-symbol-count handle count))
              do (check (%nlib-symbol-at handle i place))
              collect (list :name (read-text (c-symbol-info-name place))
                            :demangled (read-text (c-symbol-info-demangled place))
                            :address (c-symbol-info-address place)
                            :bytes (c-symbol-info-bytes place)
                            :function (plusp (c-symbol-info-is-function place))))))))

(defun foreign-funcall (library name &rest types-and-values)
  "Calls the function NAME of LIBRARY with types that are given, whatever the headers say: a type (see FIND-TYPE)
before each argument, the type of the result last.

  (foreign-funcall kit \"kit_add\" :int 1 :int 2 :int)"
  (let* ((library (find-library library))
         (result (find-type (or (first (last types-and-values)) :void) library))
         (address (symbol-address library name))
         (raw '())
         (prepared '()))
    (loop for (type value) on (butlast types-and-values) by #'cddr
          for index from 1
          do (let ((type (find-type type library))
                   (place (let ((index index))
                            (lambda () (format nil "argument ~d of ~a" index name)))))
               (push (or (raw-type type)
                         (fail 'unsupported-type "~a cannot be passed by value" (ctype-spelling type)))
                     raw)
               (push (prepare type value place) prepared)))
    (receive result
             (apply (invoker (or (raw-type result)
                                 (fail 'unsupported-type "~a cannot be received by value"
                                       (ctype-spelling result)))
                             (reverse raw))
                    library address (reverse prepared))
             library)))

;;; Variables

(defun variable-place (library name)
  "The type and the address of the variable NAME of LIBRARY."
  (let* ((name (c-name name library '("variable")))
         (interface (library-description library))
         (item (first (describe-item interface "variable" name))))
    (values (parse-type (getf item :type) interface)
            (declared-address library (getf item :symbol))
            name)))

(defun native-variable (library name)
  "The value of the variable NAME of LIBRARY; a record or array as a FOREIGN."
  (let ((library (find-library library)))
    (multiple-value-bind (type address) (variable-place library name)
      (read-value type address library nil))))

(defun (setf native-variable) (value library name)
  (let ((library (find-library library)))
    (multiple-value-bind (type address name) (variable-place library name)
      (write-value type address value (lambda () (format nil "the variable ~a" name)) library)
      value)))

;;; Constants

(defun constant (library name)
  "The value of the constant, a macro perhaps, or of the enumerator NAME of LIBRARY; a record as a FOREIGN."
  (let* ((library (find-library library))
         (name (c-name name library '("constant" "enumerator")))
         (interface (library-description library))
         (item (find-if (lambda (item)
                          (member (symbol-of (getf item :item)) '(:constant :enumerator)))
                        (describe-constant interface name))))
    (if (eq (symbol-of (getf item :item)) :enumerator)
        (integer-value (getf item :value))
        (constant-value (parse-type (getf item :type) interface) (getf item :value) library))))

(defun describe-constant (interface name)
  (or (describe-item-or-nil interface "constant" name)
      (describe-item-or-nil interface "enumerator" name)
      (describe-item interface nil name)))

(defun constant-value (type value library)
  (typecase type
    (bool-type (and value t))
    (character-type (receive type (integer-value value) library))
    (integer-type (integer-value value))
    (float-type (float-value type value))
    (enum-type (receive type (integer-value value) library))
    (record-type (record-constant type value library))
    (array-type (if (stringp value)
                    value
                    (map 'vector (lambda (part)
                                   (constant-value (array-type-element type) part library))
                         value)))
    (pointer-type (if (and (stringp value) (text-type-p type))
                      value
                      (receive type (ldb (byte 64 0) (integer-value value)) library)))
    (t value)))

(defun float-value (type value)
  (cond ((stringp value) (special-float value (float-type-size type)))
        ((= (float-type-size type) 4) (coerce value 'single-float))
        (t (coerce value 'double-float))))

(defun special-float (text size)
  "The float for inf, -inf or nan, made of its bits."
  (with-arena ()
    (let ((place (arena-allocate 8))
          (negative (char= (char text 0) #\-))
          (nan (search "nan" text)))
      (if (= size 4)
          (progn (poke :uint32 place (if nan #x7FC00000 (if negative #xFF800000 #x7F800000)))
                 (peek :float place))
          (progn (poke :uint64 place (if nan #x7FF8000000000000
                                         (if negative #xFFF0000000000000 #x7FF0000000000000)))
                 (peek :double place))))))

(defun record-constant (type values library)
  (let ((foreign (make-foreign-of type nil "")))
    (loop for field in (definition-fields (record-definition type))
          for value in values
          do (write-field field (foreign-address foreign)
                          (constant-value (field-type field) value library)
                          (foreign-storage foreign) type))
    foreign))

;;; Enumerations

(defun enum-of (library enum)
  (let ((type (find-type enum (find-library library))))
    (unless (enum-type-p type)
      (fail 'usage-error "~s is no enumeration" enum))
    (enum-enumeration type)))

(defun enum-value (library enum name)
  "The number that NAME, a keyword or a C name, stands for in the enumeration ENUM of LIBRARY."
  (enum-number (enum-of library enum) name
               (lambda ()
                 (let ((names (enumeration-values (enum-of library enum))))
                   (error 'symbol-error
                          :message (format nil "~a has no value ~s; it has ~{~s~^, ~}" enum name names)
                          :near-names (mapcar #'string names))))))

(defun enum-name (library enum number)
  "The keyword for NUMBER in the enumeration ENUM of LIBRARY, or NIL."
  (values (gethash number (enumeration-keywords (enum-of library enum)))))

;;; Names

(defun names (library &optional kind)
  "The C names that the headers of LIBRARY declare: all of them, or those of KIND, one of :function, :variable,
:record, :enum, :enumerator, :typedef, :constant."
  (declared-names (library-description (find-library library))
                  (and kind (word kind))))

(defun describe-name (library name &optional (stream *standard-output*))
  "Writes what the headers of LIBRARY say about NAME: declarations and their comments."
  (let* ((library (find-library library))
         (interface (library-description library)))
    (dolist (item (describe-item interface nil name))
      (unless (names-itself-p item)
        (describe-one item interface stream)))
    (values)))

(defun names-itself-p (item)
  "Whether ITEM is the typedef of `typedef struct name {...} name;'."
  (and (eq (symbol-of (getf item :item)) :typedef)
       (equal (getf item :name) (getf (getf item :type) :name))))

(defun describe-one (item interface stream)
  (let ((kind (symbol-of (getf item :item)))
        (name (getf item :name)))
    (format stream "~&~a~%"
            (case kind
              (:function (candidate-text (parse-candidate item interface)))
              (:enumerator (format nil "~a = ~a" name (getf item :value)))
              (:constant (format nil "constant ~a = ~s" name (getf item :value)))
              ((:typedef :variable)
               (format nil "~(~a~) ~a: ~a" kind name
                       (ctype-spelling (parse-type (getf item :type) interface))))
              (:enum (format nil "enum ~a: ~{~s~^, ~}" name
                             (enumeration-values
                              (enum-enumeration (named-type interface "enum" name)))))
              (t (record-text (named-type interface "record" name)))))
    (when (getf item :documentation)
      (format stream "~a~%" (getf item :documentation)))
    (let ((location (getf item :location)))
      (when location
        (format stream "  ~a:~d~%" (getf location :file) (getf location :line))))))

(defun record-text (record)
  (let ((definition (record-definition record)))
    (if (definition-opaque definition)
        (format nil "record ~a, opaque" (record-type-name record))
        (format nil "record ~a, ~d bytes~{~%  ~a~}" (record-type-name record)
                (definition-size definition)
                (loop for key in (field-keywords definition)
                      for field = (gethash key (definition-table definition))
                      collect (format nil "~4d ~s ~a~@[ : ~d bits~]" (field-offset field) key
                                      (ctype-spelling (field-type field))
                                      (field-bit-width field)))))))

(defun interface-text (library format)
  "What the headers of LIBRARY declare, in a format of `nlib bind': \"json\", \"lisp\", \"c\", \"cffi\", ..."
  (let ((interface (library-description (find-library library))))
    (with-arena ()
      (let ((format (arena-text format)))
        (read-text (with-result (place)
                     (%nlib-interface-text (interface-handle interface) format place 0)))))))
