;;;; Calls through thunks: records by value, methods, references, texts of C++, exceptions.
;;;;
;;;; docs/interface.md says in which order a thunk takes what: the place for the result, the object, the
;;;; arguments, the place for an error.

(in-package #:nlib)

(defun thunk-way (function candidate count)
  "A function that calls the thunk of CANDIDATE for COUNT arguments."
  (let* ((thunk (candidate-thunk candidate))
         (library (native-function-library function))
         (life (native-function-life function))
         (constructor (eq (candidate-kind candidate) :constructor))
         (parameters (subseq (arguments-of candidate) 0 count))
         (passes (subseq (passes candidate) 0 count))
         (preparers (thunk-preparers function parameters passes))
         (allocator #'own-storage)
         (made (cond (constructor (pointer-type-target (candidate-self candidate)))
                     ((eq (thunk-returns thunk) :pointer) (candidate-result candidate))))
         (address (declared-address library
                                    (cdr (assoc (- count (if (method-p candidate) 1 0))
                                                (thunk-symbols thunk)))))
         (invoker (invoker (thunk-raw-result candidate)
                           (append (and made '(:pointer))
                                   (mapcar #'passed-raw-type parameters passes)
                                   (and (thunk-throws thunk) '(:pointer)))))
         (receiver (thunk-receiver candidate library)))
    (when made
      (when constructor
        (check-constructible made))
      (when (definition-trivial (record-definition made))
        (setf allocator #'plain-storage)))
    (lambda (&rest arguments)
      (if (and (car life) (= (length arguments) count))
          (let* ((prepared (mapcar #'funcall preparers arguments))
                 (storage (and made
                               (funcall allocator (type-size made) (type-alignment made))))
                 (failure (and (thunk-throws thunk)
                               (make-array 1 :element-type '(unsigned-byte 64)
                                             :initial-element 0)))
                 (raw (apply invoker library address
                             (append (and made (list (storage-address storage)))
                                     prepared
                                     (and failure (list failure))))))
            (when (and failure (plusp (aref failure 0)))
              (signal-exception library function (aref failure 0)))
            (cond (made (finished-object made library storage))
                  ((eq (candidate-kind candidate) :destructor) (forget-object (first arguments)))
                  (t (funcall receiver raw))))
          (misdirected function life arguments)))))

(defun check-constructible (record)
  (when (definition-abstract (record-definition record))
    (fail 'unsupported-type "~a is an abstract class; no object of it can be made"
          (record-type-name record))))

(defun passed-raw-type (parameter pass)
  (if (eq pass :value)
      (or (raw-type (parameter-type parameter))
          (fail 'unsupported-type "~a cannot be passed from Lisp"
                (ctype-spelling (parameter-type parameter))))
      :pointer))

(defun thunk-preparers (function parameters passes)
  (loop for parameter in parameters
        for pass in passes
        for index from 0
        collect (let ((place (argument-place function index parameter))
                      (type (parameter-type parameter)))
                  (ecase pass
                    (:value (preparer type place))
                    (:reference (preparer type place))
                    (:pointer
                     (preparer (pointer-to-type (with-const type t) nil :nonnull t) place))
                    (:string (text-preparer type place))))))

(defun text-preparer (type place)
  "Prepares a text for a std::string."
  (let ((text-type (keyword-type :string nil)))
    (lambda (value)
      (if (stringp value)
          (prepare text-type value place)
          (wrong-value value (renamed text-type (ctype-spelling type)) place)))))

(defun thunk-raw-result (candidate)
  (ecase (thunk-returns (candidate-thunk candidate))
    (:value (or (raw-type (candidate-result candidate))
                (fail 'unsupported-type "~a cannot be received in Lisp"
                      (ctype-spelling (candidate-result candidate)))))
    ((:reference :string) :pointer)
    (:pointer :void)))

(defun thunk-receiver (candidate library)
  (let ((result (candidate-result candidate)))
    (ecase (thunk-returns (candidate-thunk candidate))
      ((:value :reference) (lambda (raw) (receive result raw library)))
      (:string (lambda (raw) (take-text raw library)))
      (:pointer nil))))

(defun take-text (address library)
  (unwind-protect (read-text address)
    (thunk-free library address)))

(defun signal-exception (library function address)
  (let ((text (take-text address library)))
    (fail 'foreign-exception "~a threw an exception: ~a" (native-function-name function) text)))

(defun finished-object (record library storage)
  "The object of the class RECORD that now is in STORAGE, which ends with its destructor when it has one."
  (unless (definition-trivial (record-definition record))
    (setf (car (storage-ending storage)) (destructor record library)))
  (foreign-at (storage-address storage) record library storage))

(defun destructor-name (record)
  (let ((name (record-type-name record)))
    (format nil "~a::~~~a" name (let ((last (last-component name)))
                                  (subseq last 0 (position #\< last))))))

(defun destructor (record library)
  "A function of the address of an object of the class RECORD that ends it, as long as its code is loaded; NIL
for a class without a destructor that can be called."
  (let ((candidates (handler-case
                        (native-function-candidates
                         (resolve (intern-function library (destructor-name record))))
                      (symbol-error () '())))
        (life (life-of-code library)))
    (declare (type cons life))
    (when (and candidates (candidate-thunk (first candidates)))
      (let* ((thunk (candidate-thunk (first candidates)))
             (address (declared-address library (cdr (first (thunk-symbols thunk)))))
             (throws (thunk-throws thunk))
             (invoker (invoker :void (if throws '(:pointer :pointer) '(:pointer)))))
        (lambda (object)
          (when (car life)
            (if throws
                (let ((failure (make-array 1 :element-type '(unsigned-byte 64)
                                             :initial-element 0)))
                  (funcall invoker library address object failure)
                  (when (plusp (aref failure 0))
                    (signal-exception library
                                      (intern-function library (destructor-name record))
                                      (aref failure 0))))
                (funcall invoker library address object))))))))

(defun forget-object (foreign)
  "The object was ended by a call of its destructor: its memory goes when it is ours."
  (let ((storage (and (foreign-p foreign) (foreign-storage foreign))))
    (when (and storage (= (storage-address storage) (foreign-address foreign)))
      (setf (car (storage-ending storage)) nil)
      (free foreign))
    (values)))

;;; Classes

(defun new (library class &rest arguments)
  "A new object of the C++ class CLASS, a C++ name or a Lisp name, made by its constructor. DESTROY ends it;
else it is ended some time after nobody refers to it any more."
  (let* ((library (find-library library))
         (name (c-name class library '("record"))))
    (apply #'call library (format nil "~a::~a" name
                                  (let ((last (last-component name)))
                                    (subseq last 0 (position #\< last))))
           arguments)))

(defun destroy (object)
  "Ends a C++ object by its destructor and frees its memory. One that C++ itself allocated is ended only."
  (let* ((record (check-record object))
         (storage (foreign-storage object)))
    (cond ((and storage (= (storage-address storage) (foreign-address object)))
           (free object))
          ((foreign-library object)
           (call (foreign-library object) (destructor-name record) object)))
    nil))

(defmacro with-object ((variable form) &body body)
  "Runs BODY with VARIABLE bound to the C++ object that FORM gives, which is destroyed afterwards."
  `(let ((,variable ,form))
     (unwind-protect (progn ,@body)
       (when (foreign-alive-p ,variable)
         (destroy ,variable)))))

(defun invoke (object method &rest arguments)
  "Calls METHOD, the C++ name of a method of the class of OBJECT or of one of its bases, for OBJECT. A symbol
stands for the method whose Lisp name it is."
  (let* ((record (check-record object))
         (library (foreign-library object)))
    (unless library
      (fail 'usage-error "~a is of no library, so it has no methods" object))
    (apply (find-method-function library record method) object arguments)))

(defun find-method-function (library record method)
  (let ((functions (method-names library)))
    (labels ((find-in (class)
               (or (gethash (cons class (if (stringp method) method (symbol-name method))) functions)
                   (loop for base in (definition-bases
                                      (record-definition
                                       (named-type (library-description library) "record" class)))
                         thereis (find-in (getf base :name))))))
      (let ((name (find-in (record-type-name record))))
        (unless name
          (error 'symbol-error
                 :message (format nil "~a has no method ~a; it has ~{~a~^, ~}"
                                  (record-type-name record) method
                                  (methods-of library (record-type-name record)))
                 :near-names (methods-of library (record-type-name record))))
        (intern-function library name)))))

(defun method-names (library)
  "From conses of a class and a C++ or Lisp name to the qualified name of the function."
  (let ((interface (library-description library)))
    (or (interface-methods interface)
        (let ((table (make-hash-table :test #'equal)))
          (dolist (name (declared-names interface "function"))
            (let ((class (enclosing-name name))
                  (last (last-component name)))
              (unless (string= class "")
                (setf (gethash (cons class last) table) name)
                (unless (gethash (cons class (lisp-name last)) table)
                  (setf (gethash (cons class (lisp-name last)) table) name)))))
          (setf (interface-methods interface) table)))))

(defun methods-of (library class)
  (sort (loop for name in (declared-names (library-description library) "function")
              when (string= (enclosing-name name) class)
                collect (last-component name))
        #'string<))
