;;;; Memory for calls of C's: allocated, read and written, in arenas that end together, as structures of nlib.h.

(in-package #:nlib)

(defmacro peek (raw address)
  "The value of the constant raw type RAW at ADDRESS."
  `(funcall (the function (load-time-value (memory-reader ,raw))) ,address))

(defmacro poke (raw address value)
  `(funcall (the function (load-time-value (memory-writer ,raw))) ,address ,value))

(defun allocate (size &optional (alignment 16))
  "The address of SIZE bytes of zeros."
  (let* ((size (max size 1))
         (address (if (<= alignment 16)
                      (funcall-foreign (c-function-address "calloc") :pointer
                                       (:uint64 1) (:uint64 size))
                      (funcall-foreign (c-function-address "aligned_alloc") :pointer
                                       (:uint64 alignment)
                                       (:uint64 (* alignment (ceiling size alignment)))))))
    (when (zerop address)
      (error 'storage-condition))
    (when (> alignment 16)
      (fill-memory address size))
    address))

(defun deallocate (address)
  (funcall-foreign (c-function-address "free") :void (:pointer address)))

(defun fill-memory (address size)
  "Writes zeros."
  (funcall-foreign (c-function-address "memset") :pointer
                   (:pointer address) (:int32 0) (:uint64 size)))

(defun copy-memory (to from size)
  (funcall-foreign (c-function-address "memcpy") :pointer
                   (:pointer to) (:pointer from) (:uint64 size)))

(defun write-octets (address octets)
  (declare (type octets octets))
  (with-vector-address (from octets)
    (copy-memory address from (length octets))))

(defun read-octets (address count)
  (let ((octets (make-array count :element-type '(unsigned-byte 8))))
    (when (plusp count)
      (with-vector-address (to octets)
        (copy-memory to address count)))
    octets))

(defun read-text (address &optional limit)
  "The text at ADDRESS up to a zero or, when there is none before it, up to LIMIT bytes."
  (decode-text
   (read-octets address
                (if limit
                    (funcall-foreign (c-function-address "strnlen") :uint64
                                     (:pointer address) (:uint64 limit))
                    (funcall-foreign (c-function-address "strlen") :uint64 (:pointer address))))))

(defun read-text-or-nil (address)
  (if (zerop address) nil (read-text address)))

;;; Arenas

(defvar *arena* nil "The addresses that the innermost WITH-ARENA deallocates.")

(defmacro with-arena (() &body body)
  "Runs BODY and deallocates what ARENA-ALLOCATE gave meanwhile."
  `(let ((*arena* '()))
     (unwind-protect (progn ,@body)
       (mapc #'deallocate *arena*))))

(defun arena-allocate (size)
  (let ((address (allocate size)))
    (push address *arena*)
    address))

(defun arena-octets (octets)
  (let ((address (arena-allocate (length octets))))
    (write-octets address octets)
    address))

(defun arena-text (text)
  "The address of TEXT for C; 0 for NIL. C's texts end at a zero, so one with a zero in it is refused."
  (when (find (code-char 0) text)
    (fail 'argument-error "~s has a zero in it, where C's texts end" text))
  (if text (arena-octets (encode-text text)) 0))

(defun arena-texts (texts)
  "The address of an array of the addresses of TEXTS; 0 for none."
  (arena-array (mapcar #'arena-text texts) 8 (memory-writer :pointer)))

(defun arena-array (elements size writer)
  "The address of an array whose elements of SIZE bytes WRITER writes; 0 for none."
  (if elements
      (let ((address (arena-allocate (* size (length elements)))))
        (loop for element in elements
              for place from address by size
              do (funcall writer place element))
        address)
      0))

;;; Structures of nlib.h

(eval-when (:compile-toplevel :load-toplevel :execute)
  (defun raw-size (raw)
    (ecase raw
      ((:int8 :uint8) 1) ((:int16 :uint16) 2) ((:int32 :uint32 :float) 4)
      ((:int64 :uint64 :double :pointer) 8)))

  (defun structure-layout (fields)
    "For FIELDS, lists of a name and a raw type, lists of name, raw type and offset; and the size."
    (let ((offset 0))
      (flet ((align (alignment)
               (setf offset (* alignment (ceiling offset alignment)))))
        (let ((placed (loop for (name raw) in fields
                            do (align (raw-size raw))
                            collect (list name raw offset)
                            do (incf offset (raw-size raw)))))
          (align 8)
          (values placed offset))))))

(defmacro define-c-structure (name &rest fields)
  "Defines NAME-SIZE, a constant; WRITE-NAME, which writes the fields given by keyword at an address; and
for each field a reader NAME-FIELD of an address."
  (multiple-value-bind (placed size) (structure-layout fields)
    (let ((base (gensym "BASE")))
      (flet ((made (format &rest parts)
               (intern (apply #'format nil format parts))))
        `(progn
           (defconstant ,(made "~a-SIZE" name) ,size)
           (defun ,(made "WRITE-~a" name) (,base &key ,@(loop for (field) in fields
                                                              collect `(,field 0)))
             ,@(loop for (field raw offset) in placed
                     collect `(poke ,raw (+ ,base ,offset) ,field))
             ,base)
           ,@(loop for (field raw offset) in placed
                   collect `(defun ,(made "~a-~a" name field) (,base)
                              (peek ,raw (+ ,base ,offset)))))))))
