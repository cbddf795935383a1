;;;; What each implementation does in its own way; here ECL. sbcl.lisp says what is defined.
;;;;
;;;; Calls go through ECL's dynamic interface, which is libffi. Callbacks are closures of libffi that are
;;;; made here, as ECL's own end the process when a thread that it does not know calls them.

(in-package #:nlib)

(ffi:clines "
#include <ffi.h>
#include <stdlib.h>
#include <string.h>

static cl_object nlib_dispatcher;

struct nlib_closure {
    ffi_cif cif;
    ffi_closure *memory;
    void *code;
    size_t index;
    ffi_type *types[];
};

static ffi_type *nlib_type(int number) {
    static ffi_type *const types[] = {
        &ffi_type_void, &ffi_type_sint8, &ffi_type_uint8, &ffi_type_sint16, &ffi_type_uint16,
        &ffi_type_sint32, &ffi_type_uint32, &ffi_type_sint64, &ffi_type_uint64, &ffi_type_float,
        &ffi_type_double, &ffi_type_pointer};
    return types[number];
}

/* Calls the dispatcher of Lisp's, on a thread that is made known to Lisp for the time when it is not. */
static void nlib_run(ffi_cif *cif, void *result, void **arguments, void *data) {
    struct nlib_closure *closure = data;
    int imported = ecl_process_env_unsafe() == NULL && ecl_import_current_thread(ECL_NIL, ECL_NIL);
    cl_funcall(4, nlib_dispatcher, ecl_make_fixnum(closure->index),
               ecl_make_unsigned_integer((cl_index)arguments),
               ecl_make_unsigned_integer((cl_index)result));
    if (imported)
        ecl_release_current_thread();
}

/* Kept for ever by malloc, as the closures are used again. */
static struct nlib_closure *nlib_new_closure(size_t index, int result, int count, const int *kinds) {
    struct nlib_closure *closure = malloc(sizeof *closure + (count + 1) * sizeof(ffi_type *));
    if (!closure)
        return NULL;
    closure->index = index;
    closure->memory = ffi_closure_alloc(sizeof(ffi_closure), &closure->code);
    for (int i = 0; i < count; i++)
        closure->types[i] = nlib_type(kinds[i]);
    if (!closure->memory ||
        ffi_prep_cif(&closure->cif, FFI_DEFAULT_ABI, count, nlib_type(result), closure->types) ||
        ffi_prep_closure_loc(closure->memory, &closure->cif, nlib_run, closure, closure->code)) {
        free(closure);
        return NULL;
    }
    return closure;
}
")

(eval-when (:compile-toplevel :load-toplevel :execute)
  (defparameter *raw-types*
    '(:void :int8 :uint8 :int16 :uint16 :int32 :uint32 :int64 :uint64 :float :double :pointer)
    "In the order of nlib_type above.")

  (defun elementary-type (raw)
    "The type that ECL has for RAW."
    (ecase raw
      (:void :void)
      (:int8 :int8-t) (:uint8 :uint8-t) (:int16 :int16-t) (:uint16 :uint16-t)
      (:int32 :int32-t) (:uint32 :uint32-t) (:int64 :int64-t) (:uint64 :uint64-t)
      (:float :float) (:double :double) (:pointer :uint64-t))))

(defun raw-lisp-type (raw)
  (ecase raw
    (:int8 '(signed-byte 8)) (:uint8 '(unsigned-byte 8))
    (:int16 '(signed-byte 16)) (:uint16 '(unsigned-byte 16))
    (:int32 '(signed-byte 32)) (:uint32 '(unsigned-byte 32))
    (:int64 '(signed-byte 64)) ((:uint64 :pointer) '(unsigned-byte 64))
    (:float 'single-float) (:double 'double-float)))

;;; Floating-point traps: code of C's expects none. What it raised is forgotten afterwards, for Lisp would
;;; take it for its own.

(ffi:clines "
#include <fenv.h>
#include <stdint.h>

union nlib_modes {
    femode_t modes;
    uint64_t word;
};

static uint64_t nlib_lisp_modes;

static uint64_t nlib_get_modes(void) {
    union nlib_modes now = {.word = 0};
    fegetmode(&now.modes);
    return now.word;
}

static uint64_t nlib_enter_c(void) {
    uint64_t saved = nlib_get_modes();
    fesetmode(FE_DFL_MODE);
    return saved;
}

static void nlib_restore(uint64_t word) {
    union nlib_modes saved = {.word = word};
    const int traps = FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW | FE_UNDERFLOW;
    if (fetestexcept(traps))
        feclearexcept(traps);
    fesetmode(&saved.modes);
}

static uint64_t nlib_enter_lisp(void) {
    uint64_t saved = nlib_get_modes();
    nlib_restore(nlib_lisp_modes);
    return saved;
}
")

(defmacro with-float-modes (enter &body body)
  "Runs BODY in the modes that the C function ENTER sets."
  `(let ((saved (ffi:c-inline () () :uint64-t ,(format nil "~a()" enter) :one-liner t)))
     (unwind-protect (progn ,@body)
       (ffi:c-inline (saved) (:uint64-t) :void "nlib_restore(#0)" :one-liner t))))

(defmacro with-c-float-modes (&body body)
  `(with-float-modes "nlib_enter_c" ,@body))

(defmacro with-lisp-float-modes (&body body)
  `(with-float-modes "nlib_enter_lisp" ,@body))

(ffi:c-inline () () :void "nlib_lisp_modes = nlib_get_modes()" :one-liner t)

(defun convert-to-single (double)
  "DOUBLE as C converts it: what is too large becomes infinite."
  (with-c-float-modes
    (ffi:c-inline (double) (:double) :float "(float)#0" :one-liner t)))

;;; Calls

(defvar *last-values* '()
  "What the last call was given; here for its being stored, which keeps it alive until then.")

(defun call-in-environment (function library stray)
  "Calls FUNCTION, which calls LIBRARY's code that may call back, and then signals what failed in a callback
meanwhile; when STRAY also what failed on other threads."
  (let ((call (list nil library *call*)))
    (let ((*call* call))
      (multiple-value-prog1 (with-c-float-modes (funcall function))
        (when (or (first call) (and stray *stray-failures*))
          (signal-callback-failure call))))))

(defmacro with-c-environment ((&key library stray) &body body)
  "Runs BODY as CALL-IN-ENVIRONMENT does."
  `(call-in-environment (lambda () ,@body) ,library ,stray))

(defmacro funcall-foreign (address result &rest arguments)
  "Calls the function at ADDRESS, which gives RESULT. An argument is a list of its raw type and its value."
  `(si:call-cfun (native-pointer ,address) ,(elementary-type result)
                 ',(mapcar (lambda (argument) (elementary-type (first argument))) arguments)
                 (list ,@(mapcar #'second arguments))))

(defun prepared-address (prepared)
  "The address of what was made ready for a pointer: an address, a vector or a FOREIGN."
  (etypecase prepared
    (integer prepared)
    (foreign (foreign-address prepared))
    (array (array-address prepared))))

(defun array-address (array)
  (si:foreign-data-address (si:make-foreign-data-from-array array)))

(defun make-invoker (result arguments)
  "A function that takes a library, an address in it and values made ready for ARGUMENTS, a list of raw types,
calls what is there and gives its result, which is of the raw type RESULT."
  (let ((result (elementary-type result))
        (types (mapcar #'elementary-type arguments)))
    (lambda (library address &rest values)
      (let* ((pointer (native-pointer address))
             (raw (loop for raw in arguments
                        for value in values
                        collect (if (eq raw :pointer) (prepared-address value) value)))
             (answer (with-c-environment (:library library :stray t)
                       (si:call-cfun pointer result types raw))))
        ;; Used after the call, what was made ready is alive during it.
        (setf *last-values* values)
        answer))))

;;; Memory

(defmacro define-memory-access (&rest accesses)
  "Defines MEMORY-READER and MEMORY-WRITER; each of ACCESSES is a raw type and C's."
  `(progn
     (defun memory-reader (raw)
       "A function that takes an address and reads a value of the raw type RAW."
       (ecase raw
         ,@(loop for (raw c-type) in accesses
                 collect `(,raw (lambda (address)
                                  (ffi:c-inline (address) (:uint64-t) ,(elementary-type raw)
                                                ,(format nil "*(~a *)#0" c-type)
                                                :one-liner t))))))
     (defun memory-writer (raw)
       "A function that takes an address and a value of the raw type RAW, and writes it there."
       (ecase raw
         ,@(loop for (raw c-type) in accesses
                 collect `(,raw (lambda (address value)
                                  (ffi:c-inline (address value)
                                                (:uint64-t ,(elementary-type raw)) :void
                                                ,(format nil "*(~a *)#0 = #1" c-type)
                                                :one-liner t)
                                  value)))))))

(define-memory-access
  (:int8 "int8_t") (:uint8 "uint8_t") (:int16 "int16_t") (:uint16 "uint16_t")
  (:int32 "int32_t") (:uint32 "uint32_t") (:int64 "int64_t") (:uint64 "uint64_t")
  (:float "float") (:double "double") (:pointer "uint64_t"))

(defun storage-vector (array)
  "ARRAY, when its elements are all there is of it; NIL when it shares them with another."
  (and (not (adjustable-array-p array))
       (not (array-displacement array))
       (not (array-has-fill-pointer-p array))
       array))

(defmacro with-vector-address ((address vector) &body body)
  "Runs BODY with ADDRESS bound to that of the elements of VECTOR. ECL's collector moves nothing."
  (let ((kept (gensym "VECTOR")))
    `(let* ((,kept ,vector)
            (,address (array-address ,kept)))
       (multiple-value-prog1 (progn ,@body)
         (setf *last-values* ,kept)))))

(defmacro c-function-address (name)
  "The address of a function of the C library."
  `(load-time-value (shared-object-symbol 0 ,name)))

;;; Shared objects and the environment

(ffi:clines "#include <dlfcn.h>")

(defun open-shared-object (path)
  "The handle of the shared object PATH, as dlopen gives it; or NIL and the reason."
  (let* ((octets (encode-text path))
         (handle (with-vector-address (address octets)
                   (ffi:c-inline (address) (:uint64-t) :uint64-t
                                 "(uint64_t)(uintptr_t)dlopen((const char *)#0, RTLD_NOW)"
                                 :one-liner t))))
    (if (zerop handle)
        (values nil (ffi:c-inline () () :object "ecl_make_simple_base_string(dlerror(), -1)"
                                  :one-liner t))
        handle)))

(defun shared-object-symbol (handle name)
  "The address of NAME in a shared object, or NIL."
  (let* ((octets (encode-text name))
         (address (with-vector-address (address octets)
                    (ffi:c-inline (handle address) (:uint64-t :uint64-t) :uint64-t
                                  "(uint64_t)(uintptr_t)dlsym((void *)#0, (const char *)#1)"
                                  :one-liner t))))
    (if (zerop address) nil address)))

(defun environment-variable (name)
  (si:getenv name))

;;; Functions of Lisp's as functions of C's

(defstruct (closure (:copier nil))
  "A function of C's that calls FUNCTION with raw values and gives back the raw value that it returns."
  (address 0)
  (function nil)
  (signature nil :read-only t)
  (readers '() :read-only t)
  (writer nil :read-only t))

(defvar *closure-lock* (mp:make-lock :name "nlib closures" :recursive t))

(defvar *closures* (vector)
  "Every closure; C knows them by their index. Replaced as a whole, as other threads read it.")

(defvar *free-closures* (make-hash-table :test #'equal)
  "From signatures, which are lists of raw types, to closures that nobody uses.")

(defun dispatch (index arguments result)
  "Calls the closure of this INDEX. ARGUMENTS is the address of an array of the addresses of raw values, RESULT
that of 8 bytes."
  (let* ((closure (aref *closures* index))
         (read-address (memory-reader :pointer))
         (answer (with-lisp-float-modes
                   (apply (closure-function closure)
                          (loop for reader in (closure-readers closure)
                                for place from arguments by 8
                                collect (funcall reader (funcall read-address place)))))))
    (when (closure-writer closure)
      (funcall (closure-writer closure) result answer))
    nil))

(defun result-writer (raw)
  "Writes a raw value as libffi expects it: integers fill a register."
  (case raw
    (:void nil)
    ((:float :double) (memory-writer raw))
    (t (lambda (address value)
         (funcall (memory-writer :uint64) address (ldb (byte 64 0) value))))))

(defvar *dispatcher-known* nil)

(defun new-closure (result arguments)
  (let* ((count (length arguments))
         (kinds (make-array (1+ count) :element-type '(signed-byte 32)))
         (index (length *closures*))
         (result-kind (position result *raw-types*)))
    (unless *dispatcher-known*
      (ffi:c-inline (#'dispatch) (:object) :void
                    "ecl_register_root(&nlib_dispatcher); nlib_dispatcher = #0;" :one-liner nil)
      (setf *dispatcher-known* t))
    (loop for raw in arguments
          for i from 0
          do (setf (aref kinds i) (position raw *raw-types*)))
    (let* ((kinds-address (array-address kinds))
           (address (ffi:c-inline (index result-kind count kinds-address)
                                  (:uint64-t :int :int :uint64-t) :uint64-t "
    struct nlib_closure *closure = nlib_new_closure(#0, #1, #2, (const int *)#3);
    @(return) = closure ? (uint64_t)(uintptr_t)closure->code : 0;")))
      (when (zerop address)
        (fail 'internal-error "libffi makes no closure of the signature ~s" (cons result arguments)))
      (let ((closure (make-closure :address address
                                   :signature (cons result arguments)
                                   :readers (mapcar #'memory-reader arguments)
                                   :writer (result-writer result))))
        (setf *last-values* kinds)
        (setf *closures* (concatenate 'simple-vector *closures* (list closure)))
        closure))))

(defun allocate-closure (result arguments function)
  "A closure of C's for FUNCTION, whose parameters are of the raw types ARGUMENTS."
  (mp:with-lock (*closure-lock*)
    (let ((closure (or (pop (gethash (cons result arguments) *free-closures*))
                       (new-closure result arguments))))
      (setf (closure-function closure) function)
      closure)))

(defun release-closure (closure replacement)
  "Gives CLOSURE back. Until it is used again, whoever calls it calls the function REPLACEMENT."
  (mp:with-lock (*closure-lock*)
    (setf (closure-function closure) replacement)
    (let ((signature (closure-signature closure)))
      (setf (gethash signature *free-closures*)
            (append (gethash signature *free-closures*) (list closure))))))

;;; Pointers as ECL and CFFI have them

(defun native-pointer (address)
  "ADDRESS as a pointer of the implementation's."
  (ffi:c-inline (address) (:uint64-t) :object
                "ecl_make_foreign_data(ECL_NIL, 0, (void *)#0)"
                :one-liner t))

(defun native-pointer-p (value)
  (si:foreign-data-p value))

(defun native-pointer-address (pointer)
  (si:foreign-data-address pointer))

;;; Threads and the end of objects. ECL dumps no images.

(defun make-lock (name)
  (mp:make-lock :name name :recursive t))

(defmacro with-lock ((lock) &body body)
  `(mp:with-lock (,lock) ,@body))

(defun make-shared-table (test)
  "A hash table that several threads may use at once."
  (make-hash-table :test test :synchronized t))

(defun collect-garbage ()
  (ext:gc t))

(defun call-at-death (object function)
  "Calls FUNCTION once OBJECT is garbage, on whichever thread."
  (ext:set-finalizer object (lambda (object) (declare (ignore object)) (funcall function))))

(defun forget-death (object)
  (ext:set-finalizer object nil))

(defun at-image-start (function-name)
  "ECL dumps no images."
  (declare (ignore function-name)))

(defun forget-closures ()
  "ECL dumps no images.")
