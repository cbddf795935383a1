;;;; Memory as people use it: allocate, look at fields and elements, turn into Lisp's data.

(in-package #:nlib)

;;; Making and freeing

(defun make-foreign-of (type value place)
  "New memory that holds a TYPE, with VALUE in it unless that is NIL."
  (let ((size (type-size type)))
    (unless size
      (fail 'unsupported-type "~a has no size that is known, so it cannot be allocated"
            (ctype-spelling type)))
    (let* ((storage (plain-storage size (type-alignment type)))
           (foreign (foreign-at (storage-address storage) type (type-library type) storage)))
      (when value
        (write-value type (storage-address storage) value place storage))
      foreign)))

(defun type-library (type)
  "The library that TYPE was declared by, or NIL."
  (typecase type
    (array-type (type-library (array-type-element type)))
    (record-type (let ((interface (record-type-interface type)))
                   (and interface (interface-library interface))))
    (pointer-type (let ((interface (pointer-type-interface type)))
                    (and interface (interface-library interface))))))

(defun make-foreign (type &rest arguments)
  "New memory for a TYPE (see FIND-TYPE), zero where nothing else is said. It is freed when Lisp's collector
finds that nobody refers to it, or by FREE.

The keyword :LIBRARY, first among ARGUMENTS, says whose type it is when TYPE is a name. A record may be followed
by fields and values; anything else by one value, an array also by a sequence:

  (make-foreign \"kit_point\" :library kit :x 1d0 :y 2d0)   (make-foreign '(:array :int 3) '(1 2 3))"
  (let* ((library (and (eq (first arguments) :library)
                       (find-library (second arguments))))
         (arguments (if library (cddr arguments) arguments))
         (type (find-type type library))
         (value (cond ((record-type-p type)
                       (if (and arguments (null (rest arguments))) (first arguments) arguments))
                      ((rest arguments)
                       (fail 'usage-error "~a takes one value" (ctype-spelling type)))
                      (t (first arguments))))
         (place (lambda () (format nil "what is to be made"))))
    (if (and arguments (not (record-type-p type)) (null value))
        (let ((foreign (make-foreign-of type nil place)))
          (write-value type (foreign-address foreign) nil place (foreign-storage foreign))
          foreign)
        (make-foreign-of type value place))))

(defun make-foreign-string (text)
  "New memory that holds TEXT as UTF-8 with a zero after it: an array of char, to be given as a char *."
  (let* ((octets (encode-text text))
         (type (array-of-type (keyword-type :char nil) (length octets)))
         (foreign (make-foreign-of type nil "")))
    (write-octets (foreign-address foreign) octets)
    foreign))

(defun free (foreign)
  "Frees memory that MAKE-FOREIGN or a call by value gave, after ending the C++ object in it. Later uses are
errors."
  (let ((storage (foreign-storage foreign)))
    (check-alive foreign)
    (unless (and storage (= (storage-address storage) (foreign-address foreign)))
      (fail 'usage-error "~a was not allocated here, so it is not to be freed here" foreign))
    (end-storage storage)
    nil))

(defmacro with-foreign (bindings &body body)
  "Runs BODY with memory that is freed afterwards. Each of BINDINGS is (VARIABLE TYPE ARGUMENT ...), as for
MAKE-FOREIGN."
  (if (null bindings)
      `(progn ,@body)
      (destructuring-bind (variable &rest arguments) (first bindings)
        `(let ((,variable (make-foreign ,@arguments)))
           (unwind-protect (with-foreign ,(rest bindings) ,@body)
             (when (foreign-alive-p ,variable)
               (free ,variable)))))))

;;; Fields and elements

(defun find-field (record key)
  (let ((definition (record-definition record)))
    (or (gethash (if (and (symbolp key) (not (keywordp key)))
                     (intern (symbol-name key) :keyword)
                     key)
                 (definition-table definition))
        (error 'symbol-error
               :message (format nil "~a has no field ~s~:[; it has ~{~s~^, ~}~;, for its header does not ~
                                     say what is in it~]"
                                (record-type-name record) key (definition-opaque definition)
                                (field-keywords definition))
               :near-names (mapcar #'field-name (definition-fields definition))))))

(defun read-field (field address library storage)
  (if (field-bit-width field)
      (receive (field-type field) (read-bits field address) library)
      (read-value (field-type field) (+ address (field-offset field)) library storage)))

(defun bit-bytes (field)
  "The first byte of a bit-field, how many it touches, and its first bit in them."
  (multiple-value-bind (first bit) (floor (field-bit-offset field) 8)
    (values first (ceiling (+ bit (field-bit-width field)) 8) bit)))

(defun signed-type-p (type)
  (typecase type
    (integer-type (integer-type-signed type))
    (enum-type (signed-type-p (enumeration-type (enum-enumeration type))))))

(defun read-bits (field address)
  (multiple-value-bind (first count bit) (bit-bytes field)
    (let* ((bytes (loop for i below count
                        sum (ash (peek :uint8 (+ address first i)) (* 8 i))))
           (width (field-bit-width field))
           (bits (ldb (byte width bit) bytes)))
      (if (and (signed-type-p (field-type field)) (logbitp (1- width) bits))
          (- bits (ash 1 width))
          bits))))

(defun write-bits (field address number place value)
  (let ((width (field-bit-width field)))
    (unless (if (signed-type-p (field-type field))
                (<= (- (ash 1 (1- width))) number (1- (ash 1 (1- width))))
                (<= 0 number (1- (ash 1 width))))
      (wrong-value value (field-type field) place (format nil "the field has ~d bit~:p" width)))
    (multiple-value-bind (first count bit) (bit-bytes field)
      (loop with bytes = (dpb number (byte width bit)
                              (loop for i below count
                                    sum (ash (peek :uint8 (+ address first i)) (* 8 i))))
            for i below count
            do (poke :uint8 (+ address first i) (ldb (byte 8 (* 8 i)) bytes))))))

(defun write-field (field address value keeper record)
  (let ((type (field-type field))
        (place (lambda () (format nil "field ~a of ~a" (field-name field)
                                  (record-type-name record)))))
    (if (field-bit-width field)
        (write-bits field address (prepare type value place) place value)
        (write-value type (+ address (field-offset field)) value place keeper))))

(defun check-record (foreign)
  (let ((type (foreign-type (check-alive foreign))))
    (unless (record-type-p type)
      (fail 'usage-error "~a is no record, so it has no fields" foreign))
    type))

(defun keeper-of (foreign)
  (or (foreign-storage foreign) (foreign-library foreign)))

(defun slot (foreign &rest path)
  "What FOREIGN, a record, holds in a field, which is named by keyword or by its C name. More names and, for
arrays, indices lead on into what that holds: (slot packet :style :color), (slot packet :samples 2)."
  (let ((value foreign))
    (dolist (step path value)
      (setf value (if (integerp step) (ref value step) (read-slot value step))))))

(defun read-slot (foreign key)
  (unless (foreign-p foreign)
    (error 'type-error :datum foreign :expected-type 'foreign))
  (read-field (find-field (check-record foreign) key)
              (foreign-address foreign) (foreign-library foreign) (foreign-storage foreign)))

(defun (setf slot) (value foreign &rest path)
  (let* ((place (apply #'slot foreign (butlast path)))
         (step (first (last path))))
    (if (integerp step)
        (setf (ref place step) value)
        (let ((record (check-record place)))
          (write-field (find-field record step) (foreign-address place) value (keeper-of place)
                       record)))
    value))

(defun element-place (foreign index)
  "The type and the address of element INDEX of FOREIGN, an array or the first of several things."
  (check-alive foreign)
  (let* ((type (foreign-type foreign))
         (element (if (array-type-p type) (array-type-element type) type))
         (count (and (array-type-p type) (array-type-count type)))
         (storage (foreign-storage foreign))
         (size (type-size element)))
    (unless size
      (fail 'usage-error "~a has no elements of a size that is known; NLIB:CAST gives it a type" foreign))
    (let ((address (+ (foreign-address foreign) (* index size))))
      (when (or (and count (not (< -1 index count)))
                (and storage
                     (not (<= (storage-address storage) address (+ address size)
                              (+ (storage-address storage) (storage-size storage))))))
        (fail 'usage-error "index ~d is outside ~a" index foreign))
      (values element address))))

(defun ref (foreign index)
  "Element INDEX of an array, or of what a pointer points to the first of."
  (multiple-value-bind (type address) (element-place foreign index)
    (read-value type address (foreign-library foreign) (foreign-storage foreign))))

(defun (setf ref) (value foreign index)
  (multiple-value-bind (type address) (element-place foreign index)
    (write-value type address value (lambda () (format nil "element ~d of ~a" index foreign))
                 (keeper-of foreign))
    value))

(defun value (foreign)
  "What FOREIGN points to: (value counter) of a :int is an integer."
  (check-alive foreign)
  (read-value (foreign-type foreign) (foreign-address foreign) (foreign-library foreign)
              (foreign-storage foreign)))

(defun (setf value) (value foreign)
  (check-alive foreign)
  (write-value (foreign-type foreign) (foreign-address foreign) value
               (lambda () (princ-to-string foreign)) (keeper-of foreign))
  value)

;;; As Lisp's data

(defun to-lisp (foreign)
  "A copy of what FOREIGN shows: a record as a property list, an array of numbers as a specialised vector, an
array of char as a string up to its zero."
  (if (foreign-p foreign)
      (let ((type (foreign-type (check-alive foreign))))
        (typecase type
          (record-type (to-plist foreign))
          (array-type (array-to-lisp foreign type))
          (void-type foreign)
          (function-type foreign)
          (t (value foreign))))
      foreign))

(defun array-to-lisp (foreign type)
  (let* ((element (array-type-element type))
         (count (or (array-type-count type) 0))
         (raw-element (element-type element)))
    (cond ((and (octet-character-p element) *convert-text*)
           (read-text (foreign-address foreign) count))
          ((and raw-element (or (integer-type-p element) (float-type-p element)))
           (let ((vector (make-array count :element-type raw-element)))
             (with-vector-address (address vector)
               (copy-memory address (foreign-address foreign) (* count (type-size element))))
             vector))
          (t (let ((vector (make-array count)))
               (dotimes (i count vector)
                 (setf (aref vector i) (to-lisp (ref foreign i)))))))))

(defun to-plist (foreign)
  "The fields of FOREIGN, a record, with their values, what they hold turned into Lisp's data too. Pointers
stay what they are; in a union texts do as well, for it may hold another member."
  (let ((definition (record-definition (check-record foreign))))
    (loop for key in (field-keywords definition)
          for field = (gethash key (definition-table definition))
          collect key
          collect (let ((*follow* (and *follow* (not (field-shared field)))))
                    (field-to-lisp foreign field)))))

(defun field-to-lisp (foreign field)
  (let ((value (handler-case (read-field field (foreign-address foreign) (foreign-library foreign)
                                         (foreign-storage foreign))
                 (unsupported-type () :unsupported))))
    (if (and (foreign-p value)
             (or (record-type-p (field-type field)) (array-type-p (field-type field))))
        (to-lisp value)
        value)))

;;; Pointers

(defun foreign-pointer (foreign)
  "FOREIGN as the implementation and CFFI have pointers."
  (native-pointer (foreign-address (check-alive foreign))))

(defun foreign-string (foreign &optional length)
  "The text that FOREIGN points to, up to its zero or, when given, of LENGTH bytes at most."
  (read-text (foreign-address (check-alive foreign)) length))

(defun cast (pointer type &optional library)
  "POINTER, a FOREIGN or a pointer of the implementation's, as one to TYPE (see FIND-TYPE)."
  (let* ((library (or (and library (find-library library))
                      (and (foreign-p pointer) (foreign-library pointer))))
         (type (find-type type library)))
    (if (foreign-p pointer)
        (foreign-at (foreign-address (check-alive pointer)) type library
                    (foreign-storage pointer))
        (foreign-at (native-pointer-address pointer) type library))))

(defun pointer-to (address type &optional library)
  "A FOREIGN for the integer ADDRESS at which there is a TYPE (see FIND-TYPE)."
  (foreign-at address (find-type type (and library (find-library library)))
              (and library (find-library library))))

(defun size-of (type &optional library)
  "How many bytes a TYPE (see FIND-TYPE) takes."
  (or (type-size (find-type type (and library (find-library library))))
      (fail 'usage-error "~s has no size that is known" type)))

(defun offset-of (type field &optional library)
  "Where FIELD lies in the record TYPE (see FIND-TYPE), in bytes."
  (field-offset (find-field (find-type type (and library (find-library library))) field)))

(defmethod print-object ((foreign foreign) stream)
  (print-unreadable-object (foreign stream)
    (let ((type (foreign-type foreign)))
      (format stream "~a at #x~x" (ctype-spelling type) (foreign-address foreign))
      (cond ((not (eq (foreign-session foreign) *session*))
             (write-string ", of an earlier process" stream))
            ((not (foreign-alive-p foreign))
             (write-string ", freed" stream))
            ((and (foreign-storage foreign) (record-type-p type)
                  (car (record-type-cell type))
                  (<= (length (definition-fields (record-definition type))) 4))
             (let ((*follow* nil)) ; no memory but the record's own
               (format stream " ~{~(~a~) ~s~^ ~}" (to-plist foreign))))))))
