;;;; Functions of a library as functions of Lisp's.
;;;;
;;;; A NATIVE-FUNCTION is asked for by name; the first call looks its declarations up (CANDIDATEs, several
;;;; when it is overloaded), finds for the number of arguments the WAY to call it, and keeps that as long as the
;;;; library's generation lasts: as long as the car of the function's LIFE is true.

(in-package #:nlib)

(defclass native-function (#+sbcl sb-mop:funcallable-standard-object
                           #+ecl clos:funcallable-standard-object)
  ((name :initarg :name :reader native-function-name)
   (library :initarg :library :reader native-function-library)
   (life :initarg :life :initform (list nil) :accessor native-function-life)
   (candidates :initform '() :accessor native-function-candidates)
   (pointer :initform nil :accessor native-function-pointer)
   (fixed-type :initarg :type :initform nil :reader native-function-type)
   (fixed-address :initarg :address :initform nil :reader native-function-fixed-address))
  (:metaclass #+sbcl sb-mop:funcallable-standard-class #+ecl clos:funcallable-standard-class)
  (:documentation "A function of a native library. One that came as a pointer has its type and address, and
lives as long as the code that it came from is in memory."))

(defun native-function-p (object)
  (typep object 'native-function))

(defmethod print-object ((function native-function) stream)
  (print-unreadable-object (function stream :type t)
    (let ((candidates (native-function-candidates function)))
      (if (= (length candidates) 1)
          (write-string (candidate-text (first candidates)) stream)
          (format stream "~a~@[, ~d overloads~]" (native-function-name function)
                  (and candidates (length candidates)))))))

(defmethod initialize-instance :after ((function native-function) &key)
  (set-code function (lambda (&rest arguments) (apply (prepared-code function) arguments))))

(defun set-code (function code)
  #+sbcl (sb-mop:set-funcallable-instance-function function code)
  #+ecl (clos:set-funcallable-instance-function function code))

;;; Declarations

(defstruct candidate
  "One declaration of a function. SELF is the type of the object a method is called for."
  (name "" :type string) (symbol "" :type string) (result nil) (parameters '()) (variadic nil)
  (direct nil) (thunk nil) (kind nil) (const nil) (self nil) (documentation nil))

(defstruct thunk
  "How a generated function is called. SYMBOLS goes from numbers of arguments to names."
  (symbols '()) (pass '()) (returns :value) (throws nil))

(defun parse-candidate (item interface)
  (let* ((method (getf item :method))
         (kind (and method (symbol-of (getf method :kind)))))
    (make-candidate
     :name (getf item :name) :symbol (getf item :symbol)
     :result (parse-type (getf item :result) interface)
     :parameters (parse-parameters (getf item :parameters) interface)
     :variadic (getf item :variadic) :direct (getf item :direct)
     :thunk (and (getf item :thunk) (parse-thunk (getf item :thunk)))
     :kind kind :const (getf method :const)
     :self (and method (not (eq kind :static))
                (pointer-to-type (named-type interface "record" (getf method :record)) interface
                                 :nonnull t))
     :documentation (getf item :documentation))))

(defun parse-thunk (data)
  (make-thunk :symbols (loop for symbol in (getf data :symbols)
                             collect (cons (getf symbol :arguments) (getf symbol :symbol)))
              :pass (mapcar #'symbol-of (getf data :pass))
              :returns (symbol-of (getf data :returns)) :throws (getf data :throws)))

(defun candidate-from-type (function)
  (let ((type (native-function-type function)))
    (make-candidate :name (native-function-name function) :direct t
                    :result (function-type-result type)
                    :parameters (function-type-parameters type)
                    :variadic (function-type-variadic type))))

(defun candidate-text (candidate)
  "The declaration as C has it."
  (format nil "~a ~a(~{~a~^, ~}~:[~;, ...~])" (ctype-spelling (candidate-result candidate))
          (candidate-name candidate)
          (mapcar (lambda (parameter)
                    (format nil "~a~:[ ~a~;~*~]~@[ = ~a~]"
                            (ctype-spelling (parameter-type parameter))
                            (string= (parameter-name parameter) "") (parameter-name parameter)
                            (parameter-default parameter)))
                  (candidate-parameters candidate))
          (candidate-variadic candidate)))

(defun method-p (candidate)
  (member (candidate-kind candidate) '(:method :destructor)))

(defun arguments-of (candidate)
  "The parameters for which Lisp's callers give arguments: a method's object is the first."
  (if (method-p candidate)
      (cons (make-parameter :name "self" :type (candidate-self candidate))
            (candidate-parameters candidate))
      (candidate-parameters candidate)))

(defun counts (candidate)
  "The numbers of arguments that CANDIDATE may be called with, and whether more may follow."
  (let* ((all (length (candidate-parameters candidate)))
         (self (if (method-p candidate) 1 0))
         (thunk (candidate-thunk candidate)))
    (values (sort (mapcar (lambda (count) (+ self count))
                          (adjoin all (and thunk (mapcar #'car (thunk-symbols thunk)))))
                  #'<)
            (candidate-variadic candidate))))

(defun takes-count-p (candidate count)
  (multiple-value-bind (counts variadic) (counts candidate)
    (or (member count counts)
        (and variadic (> count (first (last counts)))))))

;;; Looking up

(defun intern-function (library name)
  "The NATIVE-FUNCTION for the C name NAME, which is looked up when it is called."
  (or (gethash name (library-functions library))
      (with-lock ((library-lock library))
        (or (gethash name (library-functions library))
            (setf (gethash name (library-functions library))
                  (make-instance 'native-function :name name :library library))))))

(defun native-function (library name)
  "The function NAME of LIBRARY as a function of Lisp's, which it stays when the library is loaded anew. NAME is
the C name, in C++ the qualified one; or a symbol, the Lisp name."
  (let* ((library (find-library library))
         (function (intern-function library (c-name name library '("function")))))
    (resolve function)
    function))

(defun call (library name &rest arguments)
  "Calls the function NAME, see NATIVE-FUNCTION, with ARGUMENTS."
  (declare (dynamic-extent arguments))
  (let ((library (find-library library)))
    (apply (intern-function library (if (stringp name) name (c-name name library '("function"))))
           arguments)))

(defun resolve (function)
  "Finds the declarations of FUNCTION, anew when its library was loaded anew."
  (let ((library (native-function-library function)))
    (cond ((native-function-type function)
           (unless (car (native-function-life function))
             (pointer-is-dead function))
           (unless (native-function-candidates function)
             (setf (native-function-candidates function) (list (candidate-from-type function)))))
          (t
           (ensure-loaded library)
           (let ((current (generation-current (library-generation library))))
             (unless (eq (native-function-life function) current)
               (setf (native-function-candidates function)
                     (find-candidates library (native-function-name function))
                     (native-function-life function) current)))))
    function))

(defun pointer-is-dead (function)
  (let ((library (native-function-library function)))
    (if library
        (fail 'unloaded-error "~a cannot be called: the code of ~a that it came from was unloaded"
              (native-function-name function) (library-name library))
        (fail 'dead-object "~a belongs to the process that this image was dumped from"
              (native-function-name function)))))

(defun find-candidates (library name)
  (let* ((interface (handler-case (library-description library)
                      (nlib-error (condition)
                        (error (type-of condition)
                               :message (format nil "~a~%No types are known of ~a therefore. ~
                                                     NLIB:FOREIGN-FUNCALL calls its functions with types ~
                                                     that you give."
                                                (message condition) (library-name library))
                               :diagnostics (diagnostics condition)))))
         (items (handler-case (describe-item interface "function" name)
                  (symbol-error (condition)
                    (if (symbol-known-p library name)
                        (error 'symbol-error
                               :message (format nil "~a~%The library has that symbol all the same: ~
                                                     NLIB:FOREIGN-FUNCALL calls it with types that you give."
                                                (message condition))
                               :near-names (near-names condition))
                        (error condition))))))
    (mapcar (lambda (item) (parse-candidate item interface)) items)))

(defun symbol-known-p (library name)
  (handler-case (symbol-address library name)
    (nlib-error () nil)))

(defun declared-address (library symbol)
  "The address of a function, variable or thunk of the interface of LIBRARY."
  (with-arena ()
    (let ((text (arena-text symbol)))
      (with-result (place)
        (%nlib-interface-symbol (interface-handle (library-description library)) text place)))))

(defun thunk-free (library address)
  "Frees what a thunk gave."
  (funcall-foreign (declared-address library "nlib_thunk_free") :void (:pointer address)))

;;; Code

(defvar *invokers* (make-hash-table :test #'equal) "From lists of raw types to invokers.")
(defvar *invokers-lock* (make-lock "nlib invokers"))

(defun invoker (result arguments)
  (let ((key (cons result arguments)))
    (with-lock (*invokers-lock*)
      (or (gethash key *invokers*)
          (setf (gethash key *invokers*) (make-invoker result arguments))))))

(defun prepared-code (function)
  "Code that calls FUNCTION, also kept in it."
  (resolve function)
  (let* ((candidates (native-function-candidates function))
         (code (if (rest candidates)
                   (overloaded-code function candidates)
                   (candidate-code function (first candidates)))))
    (set-code function code)
    code))

(defun again (function arguments)
  "Calls FUNCTION after its life has ended: the code that took the place of the old. An error when none did."
  (apply (prepared-code function) arguments))

(defun candidate-code (function candidate)
  "Code that calls FUNCTION as CANDIDATE declares it."
  (multiple-value-bind (counts variadic) (counts candidate)
    (let ((ways (mapcar (lambda (count) (cons count nil)) counts))
          (life (native-function-life function)))
      (declare (type cons life))
      (if (and (null (rest counts)) (not variadic))
          ;; The first call finds the way; the others are made by it alone.
          (lambda (&rest arguments)
            (cond ((not (car life)) (again function arguments))
                  ((/= (length arguments) (first counts)) (wrong-count function arguments))
                  (t (let ((way (find-way function candidate (first counts))))
                       (set-code-unless-overloaded function way)
                       (apply way arguments)))))
          (lambda (&rest arguments)
            (let* ((count (length arguments))
                   (entry (assoc count ways)))
              (cond ((not (car life)) (again function arguments))
                    (entry
                     (apply (or (cdr entry)
                                (setf (cdr entry) (find-way function candidate count)))
                            arguments))
                    ((and variadic (> count (first (last counts))))
                     (call-variadic function candidate arguments))
                    (t (wrong-count function arguments)))))))))

(defun set-code-unless-overloaded (function code)
  (unless (rest (native-function-candidates function))
    (set-code function code)))

(defun find-way (function candidate count)
  "A function that calls CANDIDATE with COUNT arguments."
  (cond ((directly-callable-p candidate count) (direct-way function candidate))
        ((and (candidate-thunk candidate)
              (assoc (- count (if (method-p candidate) 1 0))
                     (thunk-symbols (candidate-thunk candidate))))
         (thunk-way function candidate count))
        (t (fail 'unsupported-type "~a cannot be called from Lisp: ~a"
                 (candidate-text candidate)
                 (if (or (candidate-direct candidate) (candidate-thunk candidate))
                     "it has arguments or a result of a type that Lisp cannot express"
                     "it has no form that can be called through C")))))

(defun directly-callable-p (candidate count)
  (and (candidate-direct candidate)
       (= count (length (arguments-of candidate)))
       (raw-type (candidate-result candidate))
       (every (lambda (parameter) (raw-type (parameter-type parameter)))
              (candidate-parameters candidate))))

(defun candidate-address (function candidate)
  (or (native-function-fixed-address function)
      (declared-address (native-function-library function) (candidate-symbol candidate))))

(defun argument-place (function index parameter)
  (lambda ()
    (format nil "argument ~d~:[ (~a)~;~*~] of ~a" (1+ index) (string= (parameter-name parameter) "")
            (parameter-name parameter) (native-function-name function))))

(defun preparers (function parameters)
  (loop for parameter in parameters
        for index from 0
        collect (preparer (parameter-type parameter) (argument-place function index parameter))))

(defmacro fixed-arity-code (count)
  "For DIRECT-WAY: a lambda for COUNT arguments. It takes any number, so that a wrong one is told as ours are; the
right one makes no list."
  (labels ((names (format)
             (loop for i below count collect (intern (format nil format i))))
           (code (values call)
             `(lambda (&optional ,@(loop for value in values collect `(,value '%missing)) &rest more)
                (if (and (car life)
                         (null more)
                         ,@(and values `((not (eq ,(first (last values)) '%missing)))))
                    ,call
                    (misdirected function life (append (remove '%missing (list ,@values)) more))))))
    (let* ((values (names "ARGUMENT-~d"))
           (preparers (names "PREPARER-~d"))
           (call `(funcall invoker library address
                           ,@(loop for value in values
                                   for preparer in preparers
                                   collect `(funcall ,preparer ,value)))))
      `(destructuring-bind ,preparers preparers
         (declare (type function ,@preparers))
         (if receiver
             ,(code values `(funcall receiver ,call))
             ,(code values call))))))

(defvar *no-library* (%make-library :name "no library")
  "The library of functions that are known by their address alone; it has no generation.")

(defun misdirected (function life arguments)
  (if (car life)
      (wrong-count function arguments)
      (again function arguments)))

(defun direct-way (function candidate)
  (let* ((library (or (native-function-library function) *no-library*))
         (life (native-function-life function))
         (parameters (arguments-of candidate))
         (result (candidate-result candidate))
         (address (candidate-address function candidate))
         (invoker (invoker (raw-type result)
                           (mapcar (lambda (parameter) (raw-type (parameter-type parameter)))
                                   parameters)))
         (receiver (receiver result library))
         (preparers (preparers function parameters)))
    (declare (type function invoker) (type (or null function) receiver) (type cons life)
             (type (unsigned-byte 64) address))
    (case (length parameters)
      (0 (fixed-arity-code 0)) (1 (fixed-arity-code 1)) (2 (fixed-arity-code 2))
      (3 (fixed-arity-code 3)) (4 (fixed-arity-code 4)) (5 (fixed-arity-code 5))
      (6 (fixed-arity-code 6))
      (t (lambda (&rest arguments)
           (if (and (car life) (= (length arguments) (length preparers)))
               (funcall (or receiver #'identity)
                        (apply invoker library address (mapcar #'funcall preparers arguments)))
               (misdirected function life arguments)))))))

;;; Variadic functions: what follows the declared arguments goes by what it is.

(defun prepare-extra (value place)
  "The raw type that VALUE has as one of the arguments for `...', and what is made ready of it."
  (typecase value
    (null (values :pointer 0))
    ((signed-byte 64) (values :int64 value))
    ((unsigned-byte 64) (values :uint64 value))
    (real (values :double (coerce value 'double-float)))
    (character (values :int64 (char-code value)))
    (string (values :pointer (prepare (keyword-type :string nil) value place)))
    (t (if (or (foreign-p value) (callback-p value) (arrayp value) (native-pointer-p value))
           (values :pointer (prepare (keyword-type :pointer nil) value place))
           (error 'wrong-argument-type
                  :datum value
                  :expected-type '(or integer real string character foreign vector null)
                  :message (format nil "~a is passed for `...', which takes numbers, texts and pointers; it ~
                                        cannot be ~s" (funcall place) value))))))

(defun call-variadic (function candidate arguments)
  (let* ((declared (arguments-of candidate))
         (result (candidate-result candidate))
         (raw '())
         (prepared '()))
    (unless (directly-callable-p candidate (length declared))
      (find-way function candidate -1))
    (loop for value in arguments
          for index from 0
          for rest = declared then (rest rest)
          do (let* ((parameter (or (first rest) (make-parameter)))
                    (place (argument-place function index parameter)))
               (multiple-value-bind (type ready)
                   (if rest
                       (values (raw-type (parameter-type parameter))
                               (prepare (parameter-type parameter) value place))
                       (prepare-extra value place))
                 (push type raw)
                 (push ready prepared))))
    (let ((answer (apply (invoker (raw-type result) (reverse raw))
                         (native-function-library function)
                         (candidate-address function candidate) (reverse prepared))))
      (receive result answer (native-function-library function)))))

;;; Overloads

(defun overloaded-code (function candidates)
  (let ((codes (mapcar (lambda (candidate) (cons candidate (candidate-code function candidate)))
                       candidates))
        (life (native-function-life function)))
    (declare (type cons life))
    (lambda (&rest arguments)
      (if (car life)
          (apply (the function (cdr (assoc (choose function candidates arguments) codes)))
                 arguments)
          (again function arguments)))))

(defun choose (function candidates arguments)
  "The candidate that fits ARGUMENTS best, as C++ would choose: none fits any of them worse than another does."
  (let* ((count (length arguments))
         (possible (or (remove-if-not (lambda (candidate) (takes-count-p candidate count)) candidates)
                       (wrong-count function arguments)))
         (fitting (loop for candidate in possible
                        for ranks = (ranks candidate arguments)
                        when ranks collect (cons candidate (rest ranks))))
         (best (remove-if-not (lambda (one)
                                (every (lambda (other)
                                         (or (eq one other) (better-p one other)))
                                       fitting))
                              fitting)))
    (cond ((and best (null (rest best))) (car (first best)))
          (fitting
           (error 'ambiguous-error
                  :message (format nil "~a is ambiguous for these arguments: ~{~%  ~a~}"
                                   (native-function-name function)
                                   (mapcar (lambda (fit) (candidate-text (car fit))) fitting))
                  :near-names (mapcar (lambda (fit) (candidate-text (car fit))) fitting)))
          ((null (rest possible)) (first possible))
          (t
           (error 'wrong-argument-type
                  :datum arguments :expected-type 'list
                  :message (format nil "no ~a takes the arguments ~{~s~^, ~}:~{~%  ~a~}"
                                   (native-function-name function) arguments
                                   (mapcar #'candidate-text possible)))))))

(defun better-p (one other)
  "Whether the fit ONE is no worse than OTHER for every argument, and better for one or by not being const."
  (and (every #'>= (cdr one) (cdr other))
       (or (some #'> (cdr one) (cdr other))
           (and (candidate-const (car other)) (not (candidate-const (car one)))))))

(defun ranks (candidate arguments)
  "T and how well each of ARGUMENTS fits CANDIDATE; NIL when one does not."
  (let ((pass (passes candidate)))
    (loop for argument in arguments
          for parameter in (arguments-of candidate)
          for way in pass
          for rank = (if (eq way :string)
                         (if (stringp argument) 3 nil)
                         (match (parameter-type parameter) argument))
          unless rank do (return nil)
          collect rank into ranks
          finally (return (cons t ranks)))))

(defun passes (candidate)
  "How each of the arguments is passed, that for a method's object included."
  (let* ((thunk (candidate-thunk candidate))
         (pass (if thunk
                   (thunk-pass thunk)
                   (mapcar (constantly :value) (candidate-parameters candidate)))))
    (if (method-p candidate) (cons :value pass) pass)))

;;; What is wrong with a call

(defun wrong-count (function arguments)
  (let* ((candidates (native-function-candidates function))
         (counts (remove-duplicates (sort (mapcan (lambda (candidate) (counts candidate)) candidates)
                                          #'<)))
         (variadic (some #'candidate-variadic candidates)))
    (fail 'wrong-argument-count "~a takes ~{~d~^ or ~}~:[~; or more~] argument~:[s~;~], not ~d:~{~%  ~a~}"
          (native-function-name function) counts variadic
          (and (equal counts '(1)) (not variadic)) (length arguments)
          (mapcar #'candidate-text candidates))))

(defun only-candidate (function)
  "The declaration by which C can call FUNCTION."
  (let ((candidates (native-function-candidates (resolve function))))
    (unless (and (null (rest candidates)) (candidate-direct (first candidates)))
      (fail 'unsupported-type "~a has no address that C can call it at"
            (native-function-name function)))
    (first candidates)))

(defun native-function-address (function)
  "The address of FUNCTION, for C to call."
  (candidate-address function (only-candidate function)))

(defun native-function-own-type (function)
  "The FUNCTION-TYPE that FUNCTION has for C."
  (let ((candidate (only-candidate function)))
    (make-function-type :result (candidate-result candidate) :parameters (arguments-of candidate)
                        :variadic (candidate-variadic candidate))))

(defun function-at (address type library)
  "The function at ADDRESS as a function of Lisp's; TYPE is its FUNCTION-TYPE. It came from LIBRARY, or NIL."
  (let ((library (if (eq library *no-library*) nil library)))
    (make-instance 'native-function :name (format nil "the ~a at #x~x" (ctype-spelling type) address)
                                    :library library :type type :address address
                                    :life (life-of-code library))))

(defun life-of-code (library)
  "What is true as long as addresses in the code of LIBRARY hold; of code of nobody's in this process, for NIL."
  (cond ((null library) *session*)
        ((library-generation library) (generation-loaded (library-generation library)))
        (t (list nil))))

(defun signature (library name)
  "The declarations of the function NAME, see NATIVE-FUNCTION, as C has them: a list of texts."
  (mapcar #'candidate-text (native-function-candidates (native-function library name))))

(defmethod documentation ((function native-function) (kind (eql 'function)))
  (documentation function t))

(defmethod documentation ((function native-function) (kind (eql t)))
  (format nil "~{~a~^~2%~}"
          (mapcar (lambda (candidate)
                    (format nil "~a~@[~%~a~]" (candidate-text candidate)
                            (candidate-documentation candidate)))
                  (native-function-candidates (resolve function)))))

(defun current-pointer (function)
  "The implementation's pointer to FUNCTION, found anew when its library was loaded anew."
  (let ((library (native-function-library function)))
    (unless (and (library-generation library)
                 (eq (car (native-function-pointer function)) (library-generation library)))
      (ensure-loaded library)
      (setf (native-function-pointer function)
            (cons (library-generation library)
                  (native-pointer (native-function-address function)))))
    (cdr (native-function-pointer function))))
