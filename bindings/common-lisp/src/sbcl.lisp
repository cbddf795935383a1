;;;; What each implementation does in its own way; here SBCL, by sb-alien. ecl.lisp defines the same names:
;;;;
;;;; funcall-foreign, make-invoker   calls, of a type known here or of one known at run time
;;;; memory-reader, memory-writer, with-vector-address
;;;; open-shared-object, shared-object-symbol, environment-variable
;;;; make-closure, release-closure   functions of Lisp's as functions of C's
;;;; native-pointer, native-pointer-address, native-pointer-p
;;;; make-lock, with-lock, make-shared-table, collect-garbage, call-at-death, forget-death, at-image-start
;;;;
;;;; Raw types: :void, :int8 to :uint64, :float, :double, :pointer. A raw pointer is an integer.

(in-package #:nlib)

(eval-when (:compile-toplevel :load-toplevel :execute)
  (defun alien-type (raw)
    "The type that sb-alien has for RAW."
    (ecase raw
      (:void 'sb-alien:void)
      (:int8 '(sb-alien:signed 8)) (:uint8 '(sb-alien:unsigned 8))
      (:int16 '(sb-alien:signed 16)) (:uint16 '(sb-alien:unsigned 16))
      (:int32 '(sb-alien:signed 32)) (:uint32 '(sb-alien:unsigned 32))
      (:int64 '(sb-alien:signed 64)) (:uint64 '(sb-alien:unsigned 64))
      (:float 'sb-alien:single-float) (:double 'sb-alien:double-float)
      (:pointer '(sb-alien:unsigned 64))))

  (defun raw-lisp-type (raw)
    (ecase raw
      (:int8 '(signed-byte 8)) (:uint8 '(unsigned-byte 8))
      (:int16 '(signed-byte 16)) (:uint16 '(unsigned-byte 16))
      (:int32 '(signed-byte 32)) (:uint32 '(unsigned-byte 32))
      (:int64 '(signed-byte 64)) ((:uint64 :pointer) '(unsigned-byte 64))
      (:float 'single-float) (:double 'double-float))))

;;; Floating-point traps. Code of C's expects none. SBCL's own way to mask them takes 200 ns for a call, as it
;;; saves the whole x87 environment; these functions of glibc's take a tenth of that. The x87 unit, which
;;; Lisp does not use, stays without traps. What the C code raised is forgotten afterwards, for the kernel would
;;; take it for the reason of the next trap in Lisp.

#+(and x86-64 linux)
(progn
  (defconstant +trap-flags+ #b1101 "The flags of overflow, division by zero, invalid operation.")

  (defmacro c-float-function (name argument)
    "Calls a function of fenv.h's. The vectors that are given to it are on the stack, so they do not move."
    `(sb-alien:alien-funcall
      (sb-alien:extern-alien ,name (function sb-alien:int sb-sys:system-area-pointer))
      ,argument))

  (defmacro with-float-modes (new &body body)
    "Runs BODY with the modes that NEW, a femode_t as an integer, holds; NIL stands for those of C."
    `(let ((saved (make-array 1 :element-type '(unsigned-byte 64)))
           (modes (make-array 1 :element-type '(unsigned-byte 64))))
       (declare (dynamic-extent saved modes))
       (c-float-function "fegetmode" (sb-sys:vector-sap saved))
       (setf (aref saved 0) (logior #x37F (logandc2 (aref saved 0) #xFFFF)))
       ,@(if new
             `((setf (aref modes 0) ,new)
               (c-float-function "fesetmode" (sb-sys:vector-sap modes)))
             `((c-float-function "fesetmode" (sb-sys:int-sap #xFFFFFFFFFFFFFFFF))))
       (unwind-protect (progn ,@body)
         ,@(unless new
             `((c-float-function "fegetmode" (sb-sys:vector-sap modes))
               (when (logtest (ash +trap-flags+ 32) (aref modes 0))
                 (c-float-function "feclearexcept" (sb-sys:int-sap #x3D)))))
         (c-float-function "fesetmode" (sb-sys:vector-sap saved)))))

  (defun lisp-float-modes ()
    (let ((modes (make-array 1 :element-type '(unsigned-byte 64))))
      (sb-sys:with-pinned-objects (modes)
        (sb-alien:alien-funcall
         (sb-alien:extern-alien "fegetmode" (function sb-alien:int sb-sys:system-area-pointer))
         (sb-sys:vector-sap modes)))
      (dpb 0 (byte 6 32) (dpb #x37F (byte 16 0) (aref modes 0)))))

  (declaim (type (unsigned-byte 64) *lisp-float-modes*))
  (defvar *lisp-float-modes* (lisp-float-modes)
    "The modes in which Lisp's code runs, as a femode_t.")

  (defmacro with-c-float-modes (&body body) `(with-float-modes nil ,@body))
  (defmacro with-lisp-float-modes (&body body)
    `(with-float-modes *lisp-float-modes* ,@body)))

#-(and x86-64 linux)
(progn
  (defmacro with-c-float-modes (&body body)
    `(sb-int:with-float-traps-masked (:overflow :invalid :divide-by-zero :inexact) ,@body))
  (defmacro with-lisp-float-modes (&body body)
    `(let ((modes (sb-vm:floating-point-modes)))
       (apply #'sb-int:set-floating-point-modes
              (load-time-value (sb-int:get-floating-point-modes)))
       (unwind-protect (progn ,@body)
         (setf (sb-vm:floating-point-modes) modes)))))

;;; Calls

(defmacro with-c-environment ((&key library stray) &body body)
  "Runs BODY, a call of LIBRARY's code that may call back, and then signals what failed in a callback meanwhile;
when STRAY also what failed on other threads."
  `(let ((call (list nil ,library *call*)))
       (declare (dynamic-extent call))
     (let ((*call* call))
       (multiple-value-prog1 (with-c-float-modes ,@body)
         (when ,(if stray '(or (first call) *stray-failures*) '(first call))
           (signal-callback-failure call))))))

(defmacro funcall-foreign (address result &rest arguments)
  "Calls the function at ADDRESS, which gives RESULT. An argument is a list of its raw type and its value."
  `(sb-alien:alien-funcall
    (sb-alien:sap-alien (sb-sys:int-sap ,address)
                        (function ,(alien-type result)
                                  ,@(mapcar (lambda (argument) (alien-type (first argument)))
                                            arguments)))
    ,@(mapcar #'second arguments)))

(declaim (inline prepared-address))
(defun prepared-address (prepared)
  "The address of what was made ready for a pointer: an address, a pinned vector or a FOREIGN."
  (typecase prepared
    (fixnum (the (unsigned-byte 62) prepared))
    (foreign (foreign-address prepared))
    ((unsigned-byte 64) prepared)
    (t (sb-sys:sap-int (sb-sys:vector-sap (the (simple-array * (*)) prepared))))))

(defun make-invoker (result arguments)
  "A function that takes a library, an address in it and values made ready for ARGUMENTS, a list of raw types,
calls what is there and gives its result, which is of the raw type RESULT."
  (let* ((names (loop for nil in arguments collect (gensym "ARGUMENT")))
         (pointers (loop for name in names
                         for raw in arguments
                         when (eq raw :pointer) collect name)))
    (compile-quietly
     `(lambda (library address ,@names)
        (declare (type (unsigned-byte 64) address)
                 ,@(loop for name in names
                         for raw in arguments
                         unless (eq raw :pointer)
                           collect `(type ,(raw-lisp-type raw) ,name))
                 (optimize speed))
        (sb-sys:with-pinned-objects ,pointers
          (with-c-environment (:library library :stray t)
            (funcall-foreign address ,result
                             ,@(loop for name in names
                                     for raw in arguments
                                     collect (list raw (if (eq raw :pointer)
                                                           `(prepared-address ,name)
                                                           name))))))))))

(defun compile-quietly (form)
  (handler-bind ((warning #'muffle-warning))
    (let ((*error-output* (make-broadcast-stream)))
      (locally (declare (sb-ext:muffle-conditions sb-ext:compiler-note))
        (compile nil form)))))

;;; Memory

(defmacro define-memory-access (&rest accesses)
  "Defines MEMORY-READER and MEMORY-WRITER; each of ACCESSES is a raw type and sb-sys's accessor."
  `(progn
     (defun memory-reader (raw)
       "A function that takes an address and reads a value of the raw type RAW."
       (ecase raw
         ,@(loop for (raw accessor) in accesses
                 collect `(,raw (lambda (address)
                                  (declare (type (unsigned-byte 64) address))
                                  (,accessor (sb-sys:int-sap address) 0))))))
     (defun memory-writer (raw)
       "A function that takes an address and a value of the raw type RAW, and writes it there."
       (ecase raw
         ,@(loop for (raw accessor) in accesses
                 collect `(,raw (lambda (address value)
                                  (declare (type (unsigned-byte 64) address)
                                           (type ,(raw-lisp-type raw) value))
                                  (setf (,accessor (sb-sys:int-sap address) 0) value))))))))

(define-memory-access
  (:int8 sb-sys:signed-sap-ref-8) (:uint8 sb-sys:sap-ref-8)
  (:int16 sb-sys:signed-sap-ref-16) (:uint16 sb-sys:sap-ref-16)
  (:int32 sb-sys:signed-sap-ref-32) (:uint32 sb-sys:sap-ref-32)
  (:int64 sb-sys:signed-sap-ref-64) (:uint64 sb-sys:sap-ref-64)
  (:float sb-sys:sap-ref-single) (:double sb-sys:sap-ref-double)
  (:pointer sb-sys:sap-ref-64))

(defun storage-vector (array)
  "The one-dimensional array that holds the elements of ARRAY; NIL when it shares them with another."
  (and (typep array '(simple-array * *))
       (sb-ext:array-storage-vector array)))

(defmacro with-vector-address ((address vector) &body body)
  "Runs BODY with ADDRESS bound to that of the elements of VECTOR, which stay where they are meanwhile."
  (let ((pinned (gensym "VECTOR")))
    `(let ((,pinned ,vector))
       (sb-sys:with-pinned-objects (,pinned)
         (let ((,address (sb-sys:sap-int
                          (sb-sys:vector-sap (the (simple-array * (*)) ,pinned)))))
           ,@body)))))

(defmacro c-function-address (name)
  "The address of a function of the C library."
  `(sb-sys:sap-int (sb-sys:foreign-symbol-sap ,name)))

;;; Shared objects and the environment

(defconstant +rtld-now+ 2)

(defun open-shared-object (path)
  "The handle of the shared object PATH, as dlopen gives it; or NIL and the reason."
  (let ((handle (sb-alien:alien-funcall
                 (sb-alien:extern-alien "dlopen" (function (sb-alien:unsigned 64)
                                                           sb-alien:c-string sb-alien:int))
                 path +rtld-now+)))
    (if (zerop handle)
        (values nil (sb-alien:alien-funcall
                     (sb-alien:extern-alien "dlerror" (function sb-alien:c-string))))
        handle)))

(defun shared-object-symbol (handle name)
  "The address of NAME in a shared object, or NIL."
  (let ((address (sb-alien:alien-funcall
                  (sb-alien:extern-alien "dlsym" (function (sb-alien:unsigned 64)
                                                           (sb-alien:unsigned 64)
                                                           sb-alien:c-string))
                  handle name)))
    (if (zerop address) nil address)))

(defun environment-variable (name)
  (sb-ext:posix-getenv name))

;;; Functions of Lisp's as functions of C's. sb-alien keeps for ever what it makes of one, so it is used again.

(defstruct (closure (:copier nil))
  "A function of C's that calls FUNCTION with raw values and gives back the raw value that it returns."
  (address 0 :type (unsigned-byte 64))
  (function nil :type (or null function))
  (signature nil :read-only t))

(defvar *closure-makers* (make-hash-table :test #'equal)
  "From signatures, which are lists of raw types, to functions that make the address for a CLOSURE.")

(defvar *free-closures* (make-hash-table :test #'equal)
  "From signatures to closures that nobody uses.")

(defvar *closure-lock* (sb-thread:make-mutex :name "nlib closures"))

(defun make-closure-maker (result arguments)
  (let ((names (loop for nil in arguments collect (gensym "ARGUMENT"))))
    (compile-quietly
     `(lambda (closure)
        (sb-sys:sap-int
         (sb-alien:alien-sap
          (sb-alien::alien-lambda ,(alien-type result)
              ,(loop for name in names
                     for raw in arguments
                     collect (list name (alien-type raw)))
            (with-lisp-float-modes
              (funcall (the function (closure-function closure)) ,@names)))))))))

(defun allocate-closure (result arguments function)
  "A closure of C's for FUNCTION, whose parameters are of the raw types ARGUMENTS."
  (sb-thread:with-mutex (*closure-lock*)
    (let* ((signature (cons result arguments))
           (free (pop (gethash signature *free-closures*)))
           (closure (or free (make-closure :signature signature))))
      (setf (closure-function closure) function)
      (unless free
        (let ((maker (or (gethash signature *closure-makers*)
                         (setf (gethash signature *closure-makers*)
                               (make-closure-maker result arguments)))))
          (setf (closure-address closure) (funcall maker closure))))
      closure)))

(defun release-closure (closure replacement)
  "Gives CLOSURE back. Until it is used again, whoever calls it calls the function REPLACEMENT."
  (sb-thread:with-mutex (*closure-lock*)
    (setf (closure-function closure) replacement)
    (let ((signature (closure-signature closure)))
      (setf (gethash signature *free-closures*)
            (append (gethash signature *free-closures*) (list closure))))))

;;; Pointers as SBCL and CFFI have them

(defun native-pointer (address)
  "ADDRESS as a pointer of the implementation's."
  (sb-sys:int-sap address))

(defun native-pointer-p (value)
  (sb-sys:system-area-pointer-p value))

(defun native-pointer-address (pointer)
  (sb-sys:sap-int pointer))

;;; Threads, the end of objects, the start of an image

(defun make-lock (name)
  (sb-thread:make-mutex :name name))

(defmacro with-lock ((lock) &body body)
  `(sb-thread:with-recursive-lock (,lock) ,@body))

(defun make-shared-table (test)
  "A hash table that several threads may use at once."
  (make-hash-table :test test :synchronized t))

(defun collect-garbage ()
  (sb-ext:gc :full t))

(defun call-at-death (object function)
  "Calls FUNCTION once OBJECT is garbage, on whichever thread."
  (sb-ext:finalize object function :dont-save t))

(defun forget-death (object)
  (sb-ext:cancel-finalization object))

(defun at-image-start (function-name)
  "Has the function called when an image starts that was dumped."
  (pushnew function-name sb-ext:*init-hooks*))

(defun forget-closures ()
  "The closures of C's of another process are gone."
  (clrhash *free-closures*))
