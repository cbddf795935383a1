;;;; Values of Lisp's as values of C's and back, by type.
;;;;
;;;; PREPARE  checks a value that is given where a type is declared, and makes it ready for an invoker
;;;; RECEIVE  makes a value of Lisp's of a raw one
;;;; READ-VALUE, WRITE-VALUE  the same for what lies in memory
;;;; MATCH    how well a value fits a type, for overloads

(in-package #:nlib)

(defvar *convert-text* t
  "Whether a char * that comes from C becomes a string; of a callback's parameters, a const char * only. When false
it becomes a FOREIGN, as other pointers.")

(defvar *follow* t
  "Whether the text or value that a pointer leads to may be looked at. False for what lies in a union, where nobody
knows whether it is a pointer.")

(defun wrong-value (value type place &optional (reason ""))
  "Signals that VALUE is not what PLACE, a text or a function that gives one, takes."
  (let ((*print-length* 8) (*print-level* 3))
    (error 'wrong-argument-type
           :datum value :expected-type (lisp-type type)
           :message (format nil "~a is ~a, which takes ~a; it cannot be ~s~@[: ~?~]"
                            (if (functionp place) (funcall place) place)
                            (ctype-spelling type) (expected type) value
                            (and (string/= reason "") reason) '()))))

;;; What is expected, for people and for TYPE-ERROR

(defun integer-range (type)
  (let ((bits (* 8 (integer-type-size type))))
    (if (integer-type-signed type)
        (values (- (ash 1 (1- bits))) (1- (ash 1 (1- bits))))
        (values 0 (1- (ash 1 bits))))))

(defgeneric lisp-type (type)
  (:documentation "A type specifier of Common Lisp's for what TYPE takes.")
  (:method ((type ctype)) t)
  (:method ((type bool-type)) 'boolean)
  (:method ((type integer-type))
    (multiple-value-bind (low high) (integer-range type) `(integer ,low ,high)))
  (:method ((type character-type)) `(or character ,(call-next-method)))
  (:method ((type float-type)) 'real)
  (:method ((type pointer-type))
    (if (text-type-p type) '(or null string vector foreign) '(or null foreign vector list function)))
  (:method ((type enum-type)) '(or keyword integer string))
  (:method ((type record-type)) '(or foreign list))
  (:method ((type array-type)) '(or foreign sequence)))

(defgeneric expected (type)
  (:documentation "What TYPE takes, for people.")
  (:method ((type ctype)) "nothing that Lisp has")
  (:method ((type bool-type)) "T or NIL")
  (:method ((type integer-type))
    (multiple-value-bind (low high) (integer-range type)
      (format nil "an integer from ~d to ~d" low high)))
  (:method ((type character-type))
    (multiple-value-bind (low high) (integer-range type)
      (format nil "a character or an integer from ~d to ~d" low high)))
  (:method ((type float-type)) "a real number")
  (:method ((type enum-type))
    (let ((names (enumeration-values (enum-enumeration type))))
      (format nil "~{~s~^, ~}~@[ ...~*~], a list of such, or an integer"
              (subseq names 0 (min 6 (length names))) (> (length names) 6))))
  (:method ((type record-type))
    (format nil "a FOREIGN of that type or a property list of its fields"))
  (:method ((type pointer-type))
    (let ((target (pointer-type-target type)))
      (format nil "~a~:[ or NIL~;~]"
              (cond ((text-type-p type)
                     (if (ctype-const target)
                         "a string, octets"
                         "octets that C may write into, a FOREIGN"))
                    ((function-type-p target) "a function, a symbol that names one, a CALLBACK")
                    ((void-type-p target) "a FOREIGN, a vector of numbers")
                    ((record-type-p target)
                     (format nil "a FOREIGN of type ~a~@[, a property list of its fields~*~]"
                             (record-type-name target) (ctype-const target)))
                    (t (format nil "a FOREIGN~@[, a simple array of ~s~]~:[~;, a list~]"
                               (element-type target) (ctype-const target))))
              (pointer-type-nonnull type))))
  (:method ((type array-type))
    (let ((element (array-type-element type))
          (count (array-type-count type)))
      (if (octet-character-p element)
          (format nil "a string~@[ of at most ~d bytes of UTF-8~]" (and count (max 0 (1- count))))
          (format nil "a sequence~@[ of at most ~d elements~], each ~a" count (expected element))))))

(defun element-type (target)
  "The element type of vectors that may be given for a pointer to TARGET; NIL when none may."
  (typecase target
    (bool-type '(unsigned-byte 8))
    ((or integer-type enum-type) (let ((raw (raw-type target))) (and raw (raw-lisp-type raw))))
    (float-type (let ((raw (raw-type target))) (and raw (raw-lisp-type raw))))
    (array-type (element-type (array-type-element target)))
    (t nil)))

;;; PREPARE

(defgeneric prepare (type value place)
  (:documentation "VALUE, given for a TYPE at PLACE, made ready: a raw value, or for pointers also a vector or
a FOREIGN, which have to stay alive until the call is over.")
  (:method ((type ctype) value place)
    (fail 'unsupported-type "~a is ~a, which cannot be expressed in Lisp; ~s cannot be passed"
          (if (functionp place) (funcall place) place) (ctype-spelling type) value))
  (:method ((type bool-type) value place)
    (case value ((t) 1) ((nil) 0) (t (wrong-value value type place))))
  (:method ((type integer-type) value place)
    (if (and (integerp value)
             (multiple-value-bind (low high) (integer-range type) (<= low value high)))
        value
        (wrong-value value type place)))
  (:method ((type character-type) value place)
    (let ((code (if (characterp value) (char-code value) value)))
      (when (and (characterp value) (integer-type-signed type) (<= 128 code 255)
                 (= (integer-type-size type) 1))
        (decf code 256))
      (if (integerp code)
          (multiple-value-bind (low high) (integer-range type)
            (if (<= low code high) code (wrong-value value type place)))
          (wrong-value value type place))))
  (:method ((type float-type) value place)
    (if (realp value)
        (case (float-type-size type)
          (4 (to-single value type place))
          (8 (to-double value type place))
          (t (call-next-method)))
        (wrong-value value type place)))
  (:method ((type enum-type) value place)
    (let ((enumeration (enum-enumeration type)))
      (prepare (enumeration-type enumeration)
               (enum-number enumeration value (lambda () (wrong-value value type place)))
               place)))
  (:method ((type pointer-type) value place)
    (prepare-pointer type value place)))

(defmethod prepare ((type reference-type) value place)
  (let ((target (pointer-type-target type)))
    (if (and (ctype-const target)
             (not (record-type-p target))
             (typep value '(or number character keyword boolean)))
        (make-foreign-of target value place)
        (call-next-method))))

(defun to-double (value type place)
  (handler-case (coerce value 'double-float)
    (arithmetic-error () (wrong-value value type place "it is too large"))))

(defun to-single (value type place)
  (if (and (floatp value) (not (finite-p value)))
      (infinite-single value)
      (handler-case (coerce value 'single-float)
        (arithmetic-error () (wrong-value value type place "it is too large")))))

(defun finite-p (float)
  (and (= float float) (<= (abs float) most-positive-double-float)))

(defun infinite-single (value)
  "The single float for an infinity or for what is no number."
  #+sbcl (cond ((/= value value)
                (sb-kernel:make-single-float #x7FC00000))
               ((plusp value) sb-ext:single-float-positive-infinity)
               (t sb-ext:single-float-negative-infinity))
  #+ecl (convert-to-single value))

(defun enum-number (enumeration value otherwise)
  "The number for VALUE: a keyword, a C name, a number, or a list of those, whose bits are united."
  (typecase value
    (integer value)
    ((or keyword string) (or (gethash value (enumeration-numbers enumeration))
                             (funcall otherwise)))
    (list (reduce #'logior value
                  :key (lambda (element) (enum-number enumeration element otherwise))
                  :initial-value 0))
    (t (funcall otherwise))))

(defun prepare-pointer (type value place)
  (let ((target (pointer-type-target type)))
    (typecase value
      (foreign (prepare-foreign type target value place))
      (null (if (pointer-type-nonnull type)
                (wrong-value value type place "it must not be a null pointer")
                0))
      (string (prepare-text type target value place))
      (vector (prepare-vector type target value place))
      (array (prepare-vector type target value place))
      (callback (callback-pointer value target type place))
      ((or function symbol)
       (if (function-type-p target)
           (callback-pointer (kept-callback value type) target type place)
           (wrong-value value type place)))
      (cons (prepare-list type target value place))
      (t (if (native-pointer-p value)
             (native-pointer-address value)
             (wrong-value value type place))))))

(defun prepare-foreign (type target foreign place)
  (check-alive foreign)
  (let ((given (foreign-type foreign)))
    (cond ((eq given target) foreign)
          ((void-type-p given) foreign)
          ((array-type-p given)
           (if (or (same-type-p target (array-type-element given)) (same-type-p target given))
               foreign
               (wrong-value foreign type place)))
          ((same-type-p target given) foreign)
          ((and (record-type-p target) (record-type-p given)
                (base-offset given (record-type-name target)))
           (foreign-at (+ (foreign-address foreign) (base-offset given (record-type-name target)))
                       target (foreign-library foreign) (foreign-storage foreign)))
          (t (wrong-value foreign type place
                          "its type is another; NLIB:CAST gives it as what you know it is")))))

(defun prepare-text (type target text place)
  (cond ((find (code-char 0) text)
         (wrong-value text type place "it has a zero in it, where C's texts end"))
        ((and (ctype-const target) (or (text-type-p type) (void-type-p target)))
         (encode-text text))
        ((text-type-p type)
         (wrong-value text type place
                      "C may write there, which would be lost; give octets, or what ~
                       NLIB:MAKE-FOREIGN-STRING makes of it"))
        (t (wrong-value text type place))))

(defun prepare-vector (type target vector place)
  "The elements of VECTOR where they are; a copy when it is an ordinary vector and C only reads."
  (let* ((element (if (void-type-p target) nil (element-type target)))
         (given (array-element-type vector))
         (storage (storage-vector vector)))
    (cond ((and (not (eq given t)) (null storage))
           (wrong-value vector type place
                        "it shares its elements with another array or can change its length; give a simple array"))
          ((and (void-type-p target) (not (eq given t)) (subtypep given 'number)
                (not (subtypep given 'bit)))
           storage)
          ((and element (same-element-p given element)) storage)
          ((and (eq given t) (ctype-const target) (vectorp vector))
           (prepare-list type target (coerce vector 'list) place))
          (t (wrong-value vector type place
                          (if element
                              (format nil "its elements would have to be of type ~s" element)
                              ""))))))

(defun same-element-p (given element)
  "Whether elements of the type GIVEN may stand for ELEMENT: floats of one size, integers of one size."
  (flet ((width (type)
           (and (consp type) (member (first type) '(signed-byte unsigned-byte)) (second type))))
    (or (equal given element)
        (and (width element)
             (subtypep given 'integer)
             (or (and (subtypep given `(unsigned-byte ,(width element)))
                      (subtypep `(unsigned-byte ,(width element)) given))
                 (and (subtypep given `(signed-byte ,(width element)))
                      (subtypep `(signed-byte ,(width element)) given)))
             t))))

(defun prepare-list (type target list place)
  "A copy of what LIST says, in memory: the fields of a record, or elements."
  (cond ((and (record-type-p target) (property-list-p list))
         (if (ctype-const target)
             (make-foreign-of target list place)
             (wrong-value list type place
                          "C may write there, which would be lost; give what NLIB:MAKE-FOREIGN makes of it")))
        ((and (ctype-const target) (type-size target))
         (make-foreign-of (array-of-type target (length list)) list place))
        (t (wrong-value list type place))))

(defun property-list-p (list)
  (and (evenp (length list))
       (loop for (key) on list by #'cddr
             always (or (keywordp key) (stringp key)))))

(defun preparer (type place)
  "A function that prepares a value for TYPE at PLACE; faster than PREPARE for what is frequent."
  (typecase type
    (character-type (lambda (value) (prepare type value place)))
    (integer-type
     (multiple-value-bind (low high) (integer-range type)
       (if (typep high 'fixnum)
           (lambda (value)
             (if (and (typep value 'fixnum) (<= (the fixnum low) value (the fixnum high)))
                 value
                 (wrong-value value type place)))
           (lambda (value)
             (if (and (integerp value) (<= low value high))
                 value
                 (wrong-value value type place))))))
    (float-type
     (case (float-type-size type)
       (4 (lambda (value) (if (typep value 'single-float) value (prepare type value place))))
       (8 (lambda (value) (if (typep value 'double-float) value (prepare type value place))))
       (t (lambda (value) (prepare type value place)))))
    (pointer-type
     (let ((target (pointer-type-target type)))
       (lambda (value)
         (if (and (typep value 'foreign)
                  (eq (foreign-type value) target)
                  (foreign-alive-p value))
             value
             (prepare-pointer type value place)))))
    (t (lambda (value) (prepare type value place)))))

;;; RECEIVE

(defgeneric receive (type raw library)
  (:documentation "The value of Lisp's for the RAW value of a TYPE that came from LIBRARY.")
  (:method ((type ctype) raw library)
    (declare (ignore raw library))
    (fail 'unsupported-type "~a cannot be expressed in Lisp" (ctype-spelling type)))
  (:method ((type void-type) raw library)
    (declare (ignore raw library))
    (values))
  (:method ((type bool-type) raw library)
    (declare (ignore library))
    (/= 0 (ldb (byte 8 0) raw)))
  (:method ((type integer-type) raw library)
    (declare (ignore library))
    raw)
  (:method ((type character-type) raw library)
    (declare (ignore library))
    (code-char (ldb (byte (* 8 (integer-type-size type)) 0) raw)))
  (:method ((type float-type) raw library)
    (declare (ignore library))
    raw)
  (:method ((type enum-type) raw library)
    (declare (ignore library))
    (gethash raw (enumeration-keywords (enum-enumeration type)) raw))
  (:method ((type pointer-type) raw library)
    (let ((target (pointer-type-target type)))
      (cond ((zerop raw) nil)
            ((and *convert-text* *follow* (text-type-p type)) (read-text raw))
            ((function-type-p target) (function-at raw target library))
            (t (foreign-at raw target library)))))
  (:method ((type reference-type) raw library)
    (let ((target (pointer-type-target type)))
      (if (and *follow* (ctype-const target) (not (record-type-p target)))
          (read-value target raw library nil)
          (foreign-at raw target library)))))

(defun receiver (type library)
  "A function of a raw value that gives Lisp's; NIL when that is the same."
  (typecase type
    (character-type (lambda (raw) (receive type raw library)))
    ((or integer-type float-type) nil)
    (t (lambda (raw) (receive type raw library)))))

;;; Memory

(defun raw-reader (type)
  (let ((raw (raw-type type)))
    (and raw (not (eq raw :void)) (memory-reader raw))))

(defgeneric read-value (type address library storage)
  (:documentation "What lies at ADDRESS: a record or array as a FOREIGN that shows the memory itself.")
  (:method ((type ctype) address library storage)
    (declare (ignore storage))
    (let ((reader (raw-reader type)))
      (if reader
          (receive type (funcall reader address) library)
          (fail 'unsupported-type "~a cannot be read in Lisp" (ctype-spelling type)))))
  (:method ((type record-type) address library storage)
    (foreign-at address type library storage))
  (:method ((type array-type) address library storage)
    (foreign-at address type library storage)))

(defgeneric write-value (type address value place keeper)
  (:documentation "Writes VALUE to ADDRESS. KEEPER, a STORAGE or a LIBRARY, keeps alive what it points to.")
  (:method ((type ctype) address value place keeper)
    (declare (ignore keeper))
    (let ((prepared (prepare type value place)))
      (funcall (memory-writer (raw-type type)) address prepared)))
  (:method ((type pointer-type) address value place keeper)
    (poke :pointer address (lasting-address type value place keeper)))
  (:method ((type record-type) address value place keeper)
    (write-record type address value place keeper))
  (:method ((type array-type) address value place keeper)
    (write-array type address value place keeper)))

(defun lasting-address (type value place keeper)
  "The address that a pointer to VALUE gets which stays in memory: texts, lists and functions are kept by
KEEPER; vectors of Lisp's move, so they cannot be pointed to."
  (let ((prepared (if (and (stringp value) (text-type-p type))
                      (make-foreign-string value)
                      (prepare type value place))))
    (typecase prepared
      (integer prepared)
      (foreign (keep prepared keeper)
       (foreign-address prepared))
      (t (wrong-value value type place
                      "a vector may move in memory; NLIB:MAKE-FOREIGN makes an array that stays")))))

(defun keep (object keeper)
  (typecase keeper
    (storage (push object (storage-kept keeper)))
    (library (push object (library-kept keeper)))))

(defun write-record (type address value place keeper)
  (cond ((and (foreign-p value) (same-type-p type (foreign-type (check-alive value))))
         (copy-memory address (foreign-address value) (type-size type))
         ;; What it points to has to last as long as the copy.
         (unless (member (foreign-storage value) (list nil keeper))
           (keep (foreign-storage value) keeper)))
        ((and (listp value) (property-list-p value))
         (loop for (key field-value) on value by #'cddr
               do (write-field (find-field type key) address field-value keeper type)))
        (t (wrong-value value type place))))

(defun write-array (type address value place keeper)
  (let* ((element (array-type-element type))
         (count (array-type-count type))
         (size (type-size element)))
    (cond ((and (foreign-p value) (array-type-p (foreign-type value)))
           (write-array type address (to-lisp value) place keeper))
          ((and (stringp value) (octet-character-p element))
           (let ((octets (encode-text value)))
             (when (> (length octets) count)
               (wrong-value value type place "with the zero at its end it is too long"))
             (write-octets address octets)))
          ((typep value 'sequence)
           (when (> (length value) count)
             (wrong-value value type place "it has too many elements"))
           (let ((position address))
             (map nil
                  (lambda (part)
                    (write-value element position part place keeper)
                    (incf position size))
                  value)))
          (t (wrong-value value type place)))))

;;; MATCH

(defgeneric match (type value)
  (:documentation "How well VALUE fits TYPE: 3, as it is; 2, by a promotion; 1, by a conversion; NIL, not.")
  (:method ((type ctype) value) (declare (ignore value)) nil)
  (:method ((type bool-type) value) (case value ((t) 3) ((nil) 2)))
  (:method ((type integer-type) value)
    (and (integerp value)
         (multiple-value-bind (low high) (integer-range type) (<= low value high))
         (if (string= (ctype-spelling type) "int") 3 2)))
  (:method ((type character-type) value)
    (if (characterp value) 3 (and (integerp value) 1)))
  (:method ((type float-type) value)
    (typecase value
      (double-float (if (= (float-type-size type) 8) 3 1))
      (single-float (if (= (float-type-size type) 4) 3 2))
      (real 1)))
  (:method ((type enum-type) value)
    (typecase value
      ((or keyword string) (and (gethash value (enumeration-numbers (enum-enumeration type))) 3))
      (integer 1)))
  (:method ((type record-type) value)
    (cond ((foreign-p value)
           (cond ((same-type-p type (foreign-type value)) 3)
                 ((and (record-type-p (foreign-type value))
                       (base-offset (foreign-type value) (record-type-name type)))
                  1)))
          ((and (consp value) (property-list-p value)) 1)))
  (:method ((type reference-type) value)
    (let ((target (pointer-type-target type)))
      (cond ((and (ctype-const target)
                  (not (record-type-p target))
                  (typep value '(or number character keyword boolean)))
             (match target value))
            ((null value) nil)
            (t (call-next-method)))))
  (:method ((type pointer-type) value)
    (let ((target (pointer-type-target type)))
      (typecase value
        (null 1)
        (foreign (cond ((void-type-p target) 1)
                       ((void-type-p (foreign-type value)) 1)
                       ((same-type-p target (foreign-type value)) 3)
                       (t (match target value))))
        (string (and (text-type-p type) 3))
        ((or function callback) (and (function-type-p target) 3))
        (symbol (and (function-type-p target) (fboundp value) 2))
        (array (and (handler-case (prepare-vector type target value "")
                      (wrong-argument-type () nil))
                    2))
        (cons (cond ((record-type-p target)
                     (and (ctype-const target) (property-list-p value) 2))
                    ((ctype-const target) 1)))
        (t (and (native-pointer-p value) 1))))))
