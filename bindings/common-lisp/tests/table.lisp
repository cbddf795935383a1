;;;; The cells of tests/hosts/README.md and some of this binding's own, each a function. table.sh runs one.

(defpackage #:nlib-table
  (:use #:common-lisp))

(in-package #:nlib-table)

(defvar *cells* '() "Names and functions.")

(defmacro define-cell (name &body body)
  `(setf *cells* (append *cells* (list (cons ,name (lambda () ,@body))))))

(defmacro check (form)
  "Fails unless FORM is true; says what its arguments were."
  (if (and (consp form) (member (first form) '(= equal eql equalp string= search < > eq)))
      (let ((values (loop for nil in (rest form) collect (gensym))))
        `(let ,(mapcar #'list values (rest form))
           (unless (,(first form) ,@values)
             (error "~s does not hold: ~s" ',form (list ,@values)))))
      `(unless ,form
         (error "~s does not hold" ',form))))

(defmacro signalled (type &body body)
  "The condition of TYPE that BODY signals; fails when it signals none."
  `(block signalled
     (handler-bind ((,type (lambda (condition) (return-from signalled condition))))
       ,@body)
     (error "~s signals no ~s" ',body ',type)))

(defun fixture (name)
  (merge-pathnames name (concatenate 'string (uiop:getenv "NLIB_FIXTURES") "/")))

(defun kit (&rest arguments)
  (apply #'nlib:load-native-library :source (fixture "kit.c") arguments))

(defun kitpp ()
  (nlib:load-native-library :source (fixture "kitpp.cpp") :flags '("-std=c++17")))

(defun write-file (name text)
  "Writes TEXT into the working directory, and gives the path."
  (let ((path (merge-pathnames name (uiop:getcwd))))
    (with-open-file (out path :direction :output :if-exists :supersede)
      (write-string text out))
    path))

(defun here (path)
  "A path relative to the folder of this binding."
  (merge-pathnames path (asdf:system-source-directory "nlib")))

(defun run-file (path)
  "What loading PATH prints."
  (with-output-to-string (*standard-output*)
    (let ((*package* (find-package "CL-USER")))
      (load path))))

(defun code-blocks (path heading)
  "Conses of a language and a text, for the fenced blocks under HEADING of a page."
  (with-open-file (in path :external-format :utf-8)
    (loop for line = (read-line in) until (string= line heading))
    (loop with blocks = '()
          for line = (read-line in nil nil)
          while (and line (not (and (> (length line) 2) (string= (subseq line 0 3) "## "))))
          do (when (and (> (length line) 3) (string= (subseq line 0 3) "```"))
               (push (cons (subseq line 3)
                           (with-output-to-string (out)
                             (loop for inner = (read-line in)
                                   until (string= inner "```")
                                   do (write-line inner out))))
                     blocks))
          finally (return (nreverse blocks)))))

(defun run-lisp (&rest forms)
  "What another process of the same implementation prints that evaluates FORMS with nlib loaded."
  (uiop:run-program
   (append #+sbcl (list "sbcl" "--noinform" "--no-sysinit" "--no-userinit" "--disable-debugger"
                        "--non-interactive")
           #+ecl (list "ecl" "--norc")
           (list "--load" (namestring (here "tests/compile.lisp")))
           (loop for form in forms append (list "--eval" form))
           #+ecl (list "--eval" "(ext:quit 0)"))
   :output :string :error-output t))

(define-cell "load"
  (let ((kit (kit)))
    (check (string= (nlib:library-name kit) "kit"))
    (check (= (nlib:constant kit "KIT_VERSION") 3))
    (check (nlib:library-loaded-p kit))
    (check (search "kit" (princ-to-string kit))))
  (let ((sqlite (nlib:load-native-library "sqlite3")))
    (check (search "3." (nlib:call sqlite "sqlite3_libversion"))))
  (let ((memory (nlib:load-native-library :code "int twice(int value) { return 2 * value; }"
                                          :name "memory")))
    (check (string= (nlib:library-name memory) "memory"))
    (check (= (nlib:call memory "twice" 21) 42)))
  (let* ((steps '())
         (context (nlib:open-context :progress (lambda (step &rest details)
                                                 (declare (ignore details))
                                                 (push step steps))
                                     :cache :off))
         (task (nlib:start-loading :code '(("double half(double value) { return value / 2; }"
                                            :name "half.c"))
                                   :context context)))
    (let ((half (nlib:wait task)))
      (check (nlib:done-p task))
      (check (eq half (nlib:wait task)))
      (check (= (nlib:call half "half" 5) 2.5d0)))
    (check (find :compile-started steps))
    (check (find :loaded steps)))
  (let ((task (nlib:start-loading :code "int broken(void) { return nothing; }")))
    (check (nlib:diagnostics (signalled nlib:compile-error (nlib:wait task)))))
  (let ((granted (nlib:load-native-library
                  :code "int host_add(int, int); int through(int a) { return host_add(a, 1); }"
                  :host-symbols (list (list "host_add" '(:function :int (:int :int)) #'+)))))
    (check (= (nlib:call granted "through" 41) 42)))
  (let ((defined (nlib:load-native-library
                  :code "int width(void) { return WIDTH; }" :defines '(("WIDTH" 17)))))
    (check (= (nlib:call defined "width") 17))))

(define-cell "call"
  (let ((kit (kit)))
    (check (= (nlib:call kit "kit_add" 2 3) 5))
    (check (= (nlib:call kit :kit-add -2 3) 1))
    (check (= (nlib:call kit "kit_max") (1- (expt 2 64))))
    (check (eql (nlib:call kit "kit_half" 3) 1.5d0))
    (check (eql (nlib:call kit "kit_halff" 3f0) 1.5f0))
    (check (eq (nlib:call kit "kit_not" t) nil))
    (check (eq (nlib:call kit "kit_not" nil) t))
    (check (string= (nlib:call kit "kit_greeting") "grüß dich"))
    (check (= (nlib:call kit "kit_length" "grüß") 6))
    (check (= (nlib:call kit "kit_length" nil) 0))
    (let ((nlib:*convert-text* nil))
      (check (string= (nlib:foreign-string (nlib:call kit "kit_greeting")) "grüß dich")))
    ;; Enumerations
    (check (eq (nlib:call kit "kit_next_color" :kit-red) :kit-green))
    (check (eq (nlib:call kit "kit_next_color" "KIT_GREEN") :kit-blue))
    (check (eq (nlib:call kit "kit_next_color" 40) :kit-blue))
    (check (= (nlib:enum-value kit "kit_color" :kit-blue) 40))
    (check (eq (nlib:enum-name kit "kit_color" 2) :kit-green))
    ;; Variadic
    (let ((text (make-array 32 :element-type '(unsigned-byte 8))))
      (check (= (nlib:call kit "kit_format" text 32 "%d %s %.2f %c" -7 "üx" 0.5d0 #\z) 13))
      (nlib:with-foreign ((copy '(:array :char 32)))
        (nlib:call kit "kit_format" copy 32 "%d %s %.2f %c" -7 "üx" 0.5d0 #\z)
        (check (string= (nlib:to-lisp copy) "-7 üx 0.50 z"))))
    (check (= (nlib:call kit "kit_square" 9) 81))
    ;; A variable
    (setf (nlib:native-variable kit "kit_calls") 10)
    (nlib:call kit "kit_add" 1 1)
    (check (= (nlib:native-variable kit "kit_calls") 11))
    ;; Constants
    (check (= (nlib:constant kit "KIT_VERSION") 3))
    (check (= (nlib:constant kit "KIT_BIG") (1- (expt 2 64))))
    (check (eql (nlib:constant kit "KIT_RATIO") 0.25d0))
    (check (string= (nlib:constant kit "KIT_NAME") "kit"))
    (check (= (nlib:constant kit "KIT_FLAG_A") 16))
    (check (= (nlib:constant kit "KIT_GREEN") 2))
    (check (equal (nlib:to-plist (nlib:constant kit "KIT_ORIGIN")) '(:x 1d0 :y 2d0)))
    ;; Arrays of Lisp's, where they are
    (let ((doubles (make-array 3 :element-type 'double-float :initial-contents '(1d0 2d0 3.5d0)))
          (floats (make-array 2 :element-type 'single-float :initial-contents '(1f0 2f0)))
          (table (make-array '(2 2) :element-type 'double-float :initial-element 2d0)))
      (check (= (nlib:call kit "kit_sum" doubles 3) 6.5d0))
      (check (= (nlib:call kit "kit_sum" table 4) 8d0))
      (check (= (nlib:call kit "kit_sum" '(1 2 3) 3) 6d0))
      (nlib:call kit "kit_double_all" floats 2)
      (check (equalp floats #(2f0 4f0))))
    ;; Floating-point exceptions of C's are none of Lisp's
    (let ((division (nlib:load-native-library :code "double divide(double a, double b) { return a / b; }")))
      (check (> (nlib:call division "divide" 1 0) most-positive-double-float))
      (signalled division-by-zero (/ 1d0 (- (random 1d0) (random 1d-300) 0d0 (random 1d0) -2d0 2d0 0d0
                                            (nlib:call division "divide" 0 1)
                                            (error 'division-by-zero)))))
    ;; Symbols, documentation, functions as objects, symbols of a package
    (check (find "kit_add" (nlib:symbols kit) :key (lambda (symbol) (getf symbol :name)) :test #'equal))
    (check (find "kit_add" (nlib:names kit :function) :test #'string=))
    (check (search "Adds two numbers." (documentation (nlib:native-function kit "kit_add") t)))
    (check (search "A point in the plane."
                   (with-output-to-string (out) (nlib:describe-name kit "kit_point" out))))
    (check (equal (nlib:signature kit "kit_add") '("int kit_add(int a, int b)")))
    (check (equal (mapcar (nlib:native-function kit "kit_add") '(1 2) '(10 20)) '(11 22)))
    (check (= (nlib:foreign-funcall kit "kit_add" :int 1 :int 2 :int) 3)))
  (eval (read-from-string
         (format nil "(nlib:define-library kit :source ~s)" (namestring (fixture "kit.c")))))
  (eval (read-from-string "(nlib:define-functions kit :package \"KIT\")"))
  (check (= (eval (read-from-string "(kit:kit-add 4 5)")) 9))
  (check (= (eval (read-from-string "kit:+kit-version+")) 3))
  (check (= (eval (read-from-string "(setf kit:*kit-calls* 3)")) 3))
  (check (= (eval (read-from-string "kit:*kit-calls*")) 3))
  (check (search "Adds two" (documentation (read-from-string "kit:kit-add") 'function)))
  (eval (read-from-string "(nlib:define-functions kit :package \"SHORT\" :prefixes (\"kit_\" \"KIT_\"))"))
  (check (= (eval (read-from-string "(short:add 4 short:+version+)")) 7))
  (eval (read-from-string "(nlib:define-function (nlib-table::plus \"kit_add\") kit)"))
  (check (= (funcall (read-from-string "nlib-table::plus") 1 2) 3)))

(define-cell "struct"
  (let* ((kit (kit))
         (a (nlib:make-foreign "kit_point" :library kit :x 1 :y 2)))
    (let ((middle (nlib:call kit "kit_mid" a '(:x 3 :y 6))))
      (check (equal (nlib:to-plist middle) '(:x 2d0 :y 4d0)))
      (check (= (nlib:slot middle :x) 2d0))
      (check (search "y 4" (princ-to-string middle))))
    (nlib:call kit "kit_move" a 10 20)
    (check (= (nlib:slot a :x) 11d0))
    (setf (nlib:slot a "y") 5)
    (check (= (nlib:slot a :y) 5d0))
    (nlib:with-foreign ((packet "kit_packet" :library kit))
      (nlib:call kit "kit_fill" packet)
      (check (= (nlib:slot packet :tag) 7))
      (check (= (nlib:slot packet :low) 5))
      (check (= (nlib:slot packet :high) 4097))
      (check (= (nlib:slot packet :samples 3) -4))
      (check (equalp (nlib:to-lisp (nlib:slot packet :samples)) #(1 -2 3 -4)))
      (check (= (nlib:slot packet :corner :y) 1.5d0))
      (check (= (nlib:slot packet :number) 42))
      (check (eq (nlib:slot packet :style :color) :kit-blue))
      (check (string= (nlib:slot packet :style :label) "edge"))
      (check (= (nlib:call kit "kit_packet_sum" packet) (+ 7 5 4097 42 -2 2d0 40)))
      (setf (nlib:slot packet :low) 7
            (nlib:slot packet :high) 0
            (nlib:slot packet :samples) '(10 20 30 40)
            (nlib:slot packet :samples 0) 11
            (nlib:slot packet :corner) '(:x 0 :y 0)
            (nlib:slot packet :real) 0f0
            (nlib:slot packet :style :color) :kit-red
            (nlib:slot packet :style :label) "grün")
      (check (= (nlib:slot packet :low) 7))
      (check (= (nlib:call kit "kit_packet_sum" packet) (+ 7 7 101 0 0 1d0)))
      (check (string= (nlib:slot packet :style :label) "grün"))
      (check (equal (getf (nlib:to-plist packet) :style) '(:color :kit-red :label "grün")))
      (check (search "3 bits" (princ-to-string (signalled nlib:wrong-argument-type
                                                 (setf (nlib:slot packet :low) 8)))))
      (check (find "tag" (nlib:near-names (signalled nlib:symbol-error (nlib:slot packet :tga)))
                   :test #'string=))
      (signalled nlib:usage-error (nlib:slot packet :samples 4)))
    ;; Out parameters
    (nlib:with-foreign ((quotient :int) (remainder :int))
      (check (eq (nlib:call kit "kit_divide" 17 5 quotient remainder) t))
      (check (= (nlib:value quotient) 3))
      (check (= (nlib:value remainder) 2))
      (check (eq (nlib:call kit "kit_divide" 17 0 quotient remainder) nil)))
    (let ((quotient (make-array 1 :element-type '(signed-byte 32)))
          (remainder (make-array 1 :element-type '(signed-byte 32))))
      (nlib:call kit "kit_divide" -7 2 quotient remainder)
      (check (equalp (list quotient remainder) '(#(-3) #(-1)))))
    ;; Opaque
    (let ((counter (nlib:call kit "kit_counter_new" 5)))
      (check (= (nlib:call kit "kit_counter_next" counter) 5))
      (check (= (nlib:call kit "kit_counter_next" counter) 6))
      (nlib:call kit "kit_counter_free" counter))
    (check (= (nlib:size-of "kit_point" kit) 16))
    (check (= (nlib:offset-of "kit_packet" :corner kit) 16))
    (nlib:free a)
    (signalled nlib:dead-object (nlib:slot a :x))))

(define-condition own-error (error) ())

(define-cell "callback"
  (let* ((kit (kit))
         (points '((:x 1 :y 2) (:x 3 :y 4) (:x 5 :y 6)))
         (seen '())
         (listened '()))
    (check (= 0 (nlib:call kit "kit_each" points 3
                           (lambda (index point data)
                             (check (null data))
                             (push (list index (nlib:slot point :x) (nlib:slot point :y)) seen)
                             0)
                           nil)))
    (check (equal seen '((2 5d0 6d0) (1 3d0 4d0) (0 1d0 2d0))))
    (check (= 7 (nlib:call kit "kit_each" points 3
                           (lambda (index point data)
                             (declare (ignore point data))
                             (if (= index 1) 7 0))
                           nil)))
    ;; Kept by the library
    (nlib:call kit "kit_listen" (lambda (data value)
                                  (push (list (nlib:value (nlib:cast data :int)) value) listened))
               (nlib:make-foreign :int 99))
    (dotimes (i 3) (nlib:call kit "kit_emit" i))
    #+sbcl (sb-ext:gc :full t)
    #+ecl (ext:gc t)
    (nlib:call kit "kit_emit" 3)
    (check (equal (mapcar #'second listened) '(3 2 1 0)))
    ;; Errors are signalled by the call
    (let ((visited 0))
      (signalled own-error
        (nlib:call kit "kit_each" points 3
                   (lambda (index point data)
                     (declare (ignore point data))
                     (incf visited)
                     (if (= index 1) (error 'own-error) 0))
                   nil))
      (check (= visited 3)))
    (check (= (nlib:call kit "kit_add" 1 2) 3))
    ;; Nobody leaves C by a jump
    (signalled nlib:callback-exit
      (catch 'out
        (nlib:call kit "kit_each" points 1
                   (lambda (index point data)
                     (declare (ignore index point data))
                     (throw 'out nil))
                   nil)))
    (signalled nlib:wrong-argument-type
      (nlib:call kit "kit_each" points 1 (lambda (index point data)
                                           (declare (ignore index point data))
                                           "no number")
                 nil))
    ;; Callbacks as objects, and symbols, which may be defined anew
    (nlib:with-callback (visit kit "kit_visitor" (lambda (index point data)
                                                   (declare (ignore point data))
                                                   (1+ index)))
      (check (= 1 (nlib:call kit "kit_each" points 3 visit nil))))
    (setf (fdefinition 'visit) (lambda (index point data)
                                 (declare (ignore index point data))
                                 5))
    (check (= 5 (nlib:call kit "kit_each" points 3 'visit nil)))
    (setf (fdefinition 'visit) (lambda (index point data)
                                 (declare (ignore index point data))
                                 6))
    (check (= 6 (nlib:call kit "kit_each" points 3 'visit nil)))
    ;; C calls Lisp calls C
    (check (= 42 (nlib:call kit "kit_each" points 1
                            (lambda (index point data)
                              (declare (ignore index point data))
                              (nlib:call kit "kit_add" 40 2))
                            nil)))))

(define-cell "callback-thread"
  (let ((kit (kit))
        (value nil))
    (nlib:call kit "kit_on_thread" (lambda (data given)
                                     (declare (ignore data))
                                     (setf value (* 2 given)))
               nil 21)
    (check (= value 42))
    (dotimes (i 20)
      (nlib:call kit "kit_on_thread" (lambda (data given)
                                       (declare (ignore data))
                                       (setf value (nlib:call kit "kit_add" given 1)))
                 nil i)
      (check (= value (1+ i))))
    (signalled own-error
      (nlib:call kit "kit_on_thread" (lambda (data given)
                                       (declare (ignore data given))
                                       (error 'own-error))
                 nil 1))
    (check (= (nlib:call kit "kit_add" 1 2) 3))))

(define-cell "cpp"
  (let ((kit (kitpp)))
    ;; Overloads
    (check (eql (nlib:call kit "kit::add" 1 2) 3))
    (check (eql (nlib:call kit "kit::add" 1.5d0 2) 3.5d0))
    (check (= 2 (length (nlib:signature kit "kit::add"))))
    (signalled nlib:wrong-argument-type (nlib:call kit "kit::add" "a" "b"))
    ;; Defaults, references, classes by value
    (check (= (nlib:call kit "kit::area") 6f0))
    (let ((size (nlib:new kit "kit::Size" 4 5)))
      (check (= (nlib:call kit "kit::area" size) 20f0))
      (check (= (nlib:call kit "kit::area" size 2) 40f0))
      (nlib:call kit "kit::grow" size 1)
      (check (equal (nlib:to-plist size) '(:width 5f0 :height 6f0)))
      (check (equal (nlib:to-plist (nlib:call kit "kit::scaled" size 2)) '(:width 10f0 :height 12f0)))
      (check (= (nlib:slot size :width) 5f0)))
    (check (= (nlib:call kit "kit::area" '(:width 2 :height 2)) 4f0))
    ;; Texts
    (check (string= (nlib:call kit "kit::greet" "Jürgen") "hello Jürgen"))
    (check (string= (nlib:call kit "kit::greet" "you" 2) "hello you, hello you"))
    (check (= (nlib:call kit "kit::count" "vier") 4))
    ;; Exceptions
    (check (= (nlib:call kit "kit::checked" 5) 5))
    (check (search "value -1 is below zero"
                   (princ-to-string (signalled nlib:foreign-exception
                                      (nlib:call kit "kit::checked" -1)))))
    (check (eq (nlib:call kit "kit::other" :round) :square))
    ;; Objects
    (let ((tally (nlib:new kit "kit::Tally" 5)))
      (check (= (nlib:invoke tally "next") 6))
      (check (= (nlib:invoke tally 'next) 7))
      (check (= (nlib:call kit "kit::Tally::total" tally) 7))
      (check (string= (nlib:invoke tally "label") "tally 7"))
      (check (= (nlib:call kit "kit::Tally::alive") 1))
      (nlib:destroy tally)
      (check (= (nlib:call kit "kit::Tally::alive") 0))
      (signalled nlib:dead-object (nlib:invoke tally "next")))
    (nlib:with-object (tally (nlib:new kit "kit::Tally"))
      (check (= (nlib:invoke tally "total") 0))
      (check (= (nlib:call kit "kit::Tally::alive") 1))
      (check (find "label" (nlib:near-names (signalled nlib:symbol-error (nlib:invoke tally "lable")))
                   :test #'string=)))
    (check (= (nlib:call kit "kit::Tally::alive") 0))
    (signalled nlib:wrong-argument-type (nlib:call kit "kit::Tally::next" nil)))
  (eval (read-from-string (format nil "(nlib:define-library kitpp :source ~s :flags '(\"-std=c++17\"))"
                                  (namestring (fixture "kitpp.cpp")))))
  (eval (read-from-string "(nlib:define-functions kitpp :prefixes (\"kit::\"))"))
  (check (= 3 (eval (read-from-string
                     "(nlib:with-object (tally (kitpp:make-tally 2)) (kitpp:tally-next tally))"))))
  (check (= 0 (eval (read-from-string "(kitpp:tally-alive)")))))

(define-cell "error"
  (let* ((path (write-file "wrong.c" (format nil "int good;~%int f(void) { return sied; }~%")))
         (condition (signalled nlib:compile-error (nlib:load-native-library :source path)))
         (diagnostic (first (nlib:diagnostics condition))))
    (check (search "wrong.c" (nlib:diagnostic-file diagnostic)))
    (check (= (nlib:diagnostic-line diagnostic) 2))
    (check (= (nlib:diagnostic-column diagnostic) 22))
    (check (search "sied" (nlib:diagnostic-text diagnostic)))
    (check (eq (nlib:diagnostic-severity diagnostic) :error))
    (check (search "wrong.c:2:22: error: use of undeclared identifier 'sied'"
                   (princ-to-string condition)))
    (check (typep condition 'nlib:nlib-error)))
  (signalled nlib:usage-error (nlib:load-native-library "no-such-library"))
  (signalled nlib:usage-error (nlib:load-native-library :source "nothing.c" :surce "x"))
  (signalled nlib:manifest-error
    (nlib:load-native-library :manifest-text "{ \"manifest-version\": 1, \"nam\": \"x\" }"))
  (signalled nlib:link-error
    (nlib:load-native-library :code "int missing(void); int f(void) { return missing(); }")))

(define-cell "retry"
  (let ((path (write-file "second.c" "int f(void) { return 1 }")))
    (signalled nlib:compile-error (nlib:load-native-library :source path))
    (write-file "second.c" "int f(void) { return 1; }")
    (check (= (nlib:call (nlib:load-native-library :source path) "f") 1))))

(define-cell "reload"
  (let* ((path (write-file "changing.c" "int answer(void) { return 1; }"))
         (library (nlib:load-native-library :source path))
         (answer (nlib:native-function library "answer")))
    (check (= (funcall answer) 1))
    (write-file "changing.c" "int answer(int more) { return 20 + more; }")
    (check (eq (nlib:reload library) library))
    (check (= (funcall answer 3) 23))
    (check (= (nlib:call library "answer" 4) 24))
    ;; One that fails leaves the code that there is
    (write-file "changing.c" "int answer(int more) { return 30 + more }")
    (signalled nlib:compile-error (nlib:reload library))
    (check (= (funcall answer 3) 23))
    (write-file "changing.c" "int answer(int more) { return 40 + more; }")
    (nlib:reload library)
    (check (= (funcall answer 1) 41))
    ;; A second load of a changed file is another library
    (write-file "changing.c" "int answer(void) { return 50; }")
    (let ((other (nlib:load-native-library :source path)))
      (check (= (nlib:call other "answer") 50))
      (check (= (funcall answer 1) 41)))))

(define-cell "unload"
  (let* ((place (nlib:make-foreign :int 0))
         (code (format nil "static int *sign; void set_sign(int *place) { sign = place; }~%~
                            __attribute__((destructor)) static void ended(void) { if (sign) *sign = 7; }"))
         (library (nlib:load-native-library :code code :name "ending")))
    (nlib:call library "set_sign" place)
    (nlib:unload library)
    (check (= (nlib:value place) 7))
    (check (not (nlib:library-loaded-p library)))
    (setf (nlib:value place) 0)
    (nlib:with-library (scoped :code code :name "ending")
      (nlib:call scoped "set_sign" place))
    (check (= (nlib:value place) 7))
    (nlib:reload library)
    (nlib:call library "set_sign" nil)
    ;; Loaded twice, one of both has to be given up first
    (let ((again (nlib:load-native-library :code code :name "ending")))
      (signalled nlib:in-use-error (nlib:unload library))
      (nlib:release again)
      (signalled nlib:unloaded-error (nlib:call again "set_sign" nil)))
    (nlib:unload library)))

(define-cell "after-unload"
  (let* ((kit (kit))
         (add (nlib:native-function kit "kit_add"))
         (fresh (nlib:native-function kit "kit_half"))
         (counter (nlib:call kit "kit_counter_new" 1)))
    (check (= (funcall add 1 2) 3))
    (nlib:call kit "kit_counter_free" counter)
    (nlib:unload kit)
    (check (search "kit was unloaded" (princ-to-string (signalled nlib:unloaded-error (funcall add 1 2)))))
    (signalled nlib:unloaded-error (funcall fresh 1))
    (signalled nlib:unloaded-error (nlib:call kit "kit_add" 1 2))
    (signalled nlib:unloaded-error (nlib:native-function kit "kit_max"))
    (signalled nlib:unloaded-error (nlib:symbol-address kit "kit_add"))
    (signalled nlib:unloaded-error (nlib:constant kit "KIT_VERSION"))
    (signalled nlib:unloaded-error (nlib:native-variable kit "kit_calls"))
    (signalled nlib:unloaded-error (nlib:unload kit))
    (signalled nlib:unloaded-error (princ (nlib:value (nlib:cast counter :int))))
    (nlib:reload kit)
    (check (= (funcall add 1 2) 3))))

(define-cell "unload-in-callback"
  (let ((kit (kit))
        (refused nil))
    (check (= 0 (nlib:call kit "kit_each" '((:x 1 :y 2) (:x 3 :y 4)) 2
                           (lambda (index point data)
                             (declare (ignore index point data))
                             (setf refused (signalled nlib:in-use-error (nlib:unload kit)))
                             0)
                           nil)))
    (check (typep refused 'nlib:in-use-error))
    (check (= (nlib:call kit "kit_add" 1 2) 3))
    (nlib:unload kit)
    (signalled nlib:unloaded-error (nlib:call kit "kit_add" 1 2))))

(define-cell "missing-symbol"
  (let* ((kit (kit))
         (condition (signalled nlib:symbol-error (nlib:call kit "kit_ad" 1 2))))
    (check (find "kit_add" (nlib:near-names condition) :test #'string=))
    (check (search "kit_add" (princ-to-string condition)))
    (check (find "kit_add" (nlib:near-names (signalled nlib:symbol-error
                                              (nlib:symbol-address kit "kit_ad")))
                 :test #'string=))
    (signalled nlib:symbol-error (nlib:constant kit "KIT_VERSOIN"))
    (signalled nlib:symbol-error (nlib:call kit 'no-such-name))
    (signalled nlib:usage-error (nlib:call 'no-such-library "kit_add"))))

(define-cell "wrong-arguments"
  (let* ((kit (kit))
         (point (nlib:make-foreign "kit_point" :library kit))
         (counter (nlib:call kit "kit_counter_new" 1)))
    (check (search "kit_add takes 2 arguments, not 1"
                   (princ-to-string (signalled nlib:wrong-argument-count (nlib:call kit "kit_add" 1)))))
    (signalled nlib:wrong-argument-count (nlib:call kit "kit_add" 1 2 3))
    (signalled nlib:wrong-argument-count (nlib:call kit "kit_mid" point))
    (signalled nlib:wrong-argument-count (nlib:call kit "kit_format" nil))
    (check (search "argument 2 (b) of kit_add"
                   (princ-to-string (signalled nlib:wrong-argument-type
                                      (nlib:call kit "kit_add" 1 "two")))))
    (signalled type-error (nlib:call kit "kit_add" 1 2.5))
    (signalled nlib:wrong-argument-type (nlib:call kit "kit_add" 1 (expt 2 31)))
    (signalled nlib:wrong-argument-type (nlib:call kit "kit_half" "1"))
    (signalled nlib:wrong-argument-type (nlib:call kit "kit_not" 1))
    (signalled nlib:wrong-argument-type (nlib:call kit "kit_length" 5))
    (signalled nlib:wrong-argument-type (nlib:call kit "kit_length" (format nil "a~ab" (code-char 0))))
    (signalled nlib:wrong-argument-type (nlib:call kit "kit_next_color" :kit-purple))
    (signalled nlib:wrong-argument-type (nlib:call kit "kit_move" counter 1 2))
    (signalled nlib:wrong-argument-type (nlib:call kit "kit_mid" point nil))
    (signalled nlib:wrong-argument-type (nlib:call kit "kit_mid" point '(:x "one")))
    (signalled nlib:symbol-error (nlib:call kit "kit_mid" point '(:z 1)))
    (signalled nlib:wrong-argument-type (nlib:call kit "kit_each" '() 0 "no function" nil))
    (signalled nlib:wrong-argument-type
      (nlib:call kit "kit_sum" (make-array 2 :element-type 'single-float) 2))
    (signalled nlib:wrong-argument-type (nlib:call kit "kit_double_all" #(1 2) 2))
    (signalled nlib:wrong-argument-type (nlib:call kit "kit_format" "text" 4 "%d" 1))
    (nlib:call kit "kit_counter_free" counter)))

(define-cell "bad-header"
  (let ((folder (uiop:getcwd)))
    (write-file "bad.h" (format nil "#define OK 1~%int bad_add(int a, unknown b);~%"))
    (write-file "bad.c" "int bad_add(int a, int b) { return a + b; }")
    (let* ((bad (nlib:load-native-library :source (merge-pathnames "bad.c" folder)))
           (condition (signalled nlib:compile-error (nlib:call bad "bad_add" 1 2)))
           (diagnostic (first (nlib:diagnostics condition))))
      (check (search "bad.h" (nlib:diagnostic-file diagnostic)))
      (check (= (nlib:diagnostic-line diagnostic) 2))
      (check (search "FOREIGN-FUNCALL" (princ-to-string condition)))
      (check (= (nlib:foreign-funcall bad "bad_add" :int 1 :int 2 :int) 3)))))

(define-cell "flecs"
  (let ((printed (run-file (here "examples/flecs.lisp"))))
    (write-string printed)
    (check (search "star at (1.0, 1.0)" printed))
    (check (search "comet at (20.0, 5.0)" printed))))

(define-cell "sqlite"
  (let ((printed (run-file (here "examples/sqlite.lisp"))))
    (write-string printed)
    (check (search "Ada 36" printed))
    (check (search "Gödel 71" printed))))

(define-cell "imgui"
  (write-string (run-file (here "examples/imgui.lisp")))
  (with-open-file (in (merge-pathnames "imgui.png" (uiop:getcwd)) :element-type '(unsigned-byte 8))
    (let ((octets (make-array (file-length in) :element-type '(unsigned-byte 8))))
      (read-sequence octets in)
      (check (equalp (subseq octets 0 8) #(137 80 78 71 13 10 26 10)))
      (check (> (length octets) 1500)))))

(define-cell "quickstart"
  (let* ((blocks (code-blocks (here "README.md") "## Quick start"))
         (program (cdr (assoc "lisp" blocks :test #'string=)))
         (expected (cdr (assoc "text" blocks :test #'string=)))
         (path (write-file "quickstart.lisp" program)))
    (check (<= (count #\Newline program) 10))
    (let ((printed (run-file path)))
      (check (string= (string-trim '(#\Space #\Newline) (remove #\Return printed))
                      (string-trim '(#\Space #\Newline) expected))))))

(define-cell "restarts"
  (let ((path (write-file "broken.c" "int f(void) { return MISSING; }")))
    ;; USE-FLAGS
    (let ((library (handler-bind ((nlib:compile-error
                                    (lambda (condition)
                                      (check (not (find-restart 'nlib:use-previous condition)))
                                      (invoke-restart 'nlib:use-flags '("-DMISSING=5")))))
                     (nlib:load-native-library :source path))))
      (check (= (nlib:call library "f") 5))
      ;; USE-PREVIOUS
      (write-file "broken.c" "int f(void) { return MISSING }")
      (check (eq library (handler-bind ((nlib:compile-error #'nlib:use-previous))
                           (nlib:load-native-library :source path))))
      (check (eq library (handler-bind ((nlib:compile-error #'nlib:use-previous))
                           (nlib:reload library))))
      (check (= (nlib:call library "f") 5)))
    ;; RETRY, after the source was corrected
    (let ((tries 0))
      (let ((library (handler-bind ((nlib:compile-error
                                      (lambda (condition)
                                        (incf tries)
                                        (write-file "broken.c" "int f(void) { return 8; }")
                                        (nlib:retry condition))))
                       (nlib:load-native-library :source path))))
        (check (= tries 1))
        (check (= (nlib:call library "f") 8))))
    ;; What the debugger shows, and what it asks
    (write-file "broken.c" "int f(void) { return MISSING; }")
    (let* ((shown '())
           (*query-io* (make-two-way-stream (make-string-input-stream (format nil "-DMISSING=6 -g~%"))
                                            (make-broadcast-stream)))
           (library (handler-bind ((nlib:compile-error
                                     (lambda (condition)
                                       (setf shown (mapcar #'princ-to-string (compute-restarts condition)))
                                       (invoke-restart-interactively
                                        (find-restart 'nlib:use-flags condition)))))
                      (nlib:load-native-library :source path))))
      (check (= (nlib:call library "f") 6))
      (check (find "Load" shown :test #'search))
      (check (find "other compiler flags" shown :test #'search)))))

(define-cell "asdf"
  (write-file "game.asd"
              "(defsystem \"game\" :defsystem-depends-on (\"nlib\")
                 :components ((:nlib-library \"pebble\" :source \"pebble.c\" :defines ((\"WEIGHT\" 3))
                                            :package \"PEBBLE\")
                              (:file \"game\" :depends-on (\"pebble\"))))")
  (write-file "pebble.c" "int weight(int count) { return WEIGHT * count; }")
  (write-file "game.lisp" "(defpackage :game (:use :cl) (:export #:play)) (in-package :game)
                           (defun play () (pebble:weight 4))")
  (asdf:load-asd (merge-pathnames "game.asd" (uiop:getcwd)))
  (asdf:load-system "game")
  (check (= 12 (funcall (read-from-string "game:play"))))
  (check (= 3 (nlib:call 'pebble "weight" 1)))
  (asdf:load-system "game")
  (check (string= (nlib:library-name (nlib:library 'pebble)) "pebble"))
  ;; In another process what is compiled is not compiled again, and the library is there
  (let ((printed (run-lisp "(asdf:load-asd (merge-pathnames \"game.asd\" (uiop:getcwd)))"
                           "(handler-bind ((warning #'error)) (asdf:load-system \"game\"))"
                           "(format t \"played ~a~%\" (funcall (read-from-string \"game:play\")))")))
    (check (search "played 12" printed))))

#+sbcl
(define-cell "dump"
  (let* ((image (namestring (merge-pathnames "image.core" (uiop:getcwd))))
         (path (write-file "kept.c" (format nil "typedef int (*visit)(int);~%~
                                                 int twice(int value) { return 2 * value; }~%~
                                                 int apply(visit f, int value) { return f(value); }~%~
                                                 int state = 1;~%")))
         (definition (format nil "(nlib:define-library kept :source ~s)" (namestring path))))
    (run-lisp definition
              "(nlib:define-functions kept)"
              "(defvar *loaded* (nlib:library 'kept))"
              "(defvar *function* (nlib:native-function *loaded* \"twice\"))"
              "(defvar *point* (nlib:make-foreign :int 5))"
              "(defvar *callback* (nlib:make-callback *loaded* \"visit\" (lambda (x) (+ x 100))))"
              "(assert (= 8 (funcall *function* 4)))"
              "(assert (= 101 (nlib:call *loaded* \"apply\" *callback* 1)))"
              "(setf (nlib:native-variable *loaded* \"state\") 77)"
              (format nil "(sb-ext:save-lisp-and-die ~s)" image))
    (let ((printed (uiop:run-program
                    (list "sbcl" "--core" image "--noinform" "--no-sysinit" "--no-userinit"
                          "--disable-debugger" "--non-interactive"
                          "--eval" "(format t \"loaded ~a~%\" (nlib:library-loaded-p *loaded*))"
                          "--eval" "(format t \"function ~a~%\" (funcall *function* 21))"
                          "--eval" "(format t \"symbol ~a~%\" (kept:twice 4))"
                          "--eval" "(format t \"callback ~a~%\" (nlib:call *loaded* \"apply\" *callback* 1))"
                          "--eval" "(format t \"state ~a~%\" kept:*state*)"
                          "--eval" "(format t \"memory ~a~%\" (handler-case (nlib:value *point*)
                                                               (nlib:dead-object () 'gone)))")
                    :output :string :error-output t)))
      (write-string printed)
      (check (search "loaded NIL" printed))
      (check (search "function 42" printed))
      (check (search "symbol 8" printed))
      (check (search "callback 101" printed))
      (check (search "state 1" printed))
      (check (search "memory GONE" printed)))))

(define-cell "cffi"
  (let ((*standard-output* (make-broadcast-stream)))
    (asdf:load-system "nlib/cffi"))
  (load (here "tests/cffi.lisp")))

(defun run-cell (name)
  (let ((cell (assoc name *cells* :test #'string=)))
    (unless cell
      (format *error-output* "there is no cell ~a; there are ~{~a~^ ~}~%" name (mapcar #'car *cells*))
      (uiop:quit 2))
    (funcall (cdr cell))
    (format t "~&ok ~a~%" name)))

(let ((cell (uiop:getenv "NLIB_CELL")))
  (handler-bind ((serious-condition
                   (lambda (condition)
                     (format *error-output* "~&~a: ~a: ~a~%" cell (type-of condition) condition)
                     (uiop:print-backtrace :stream *error-output* :count 40)
                     (finish-output *error-output*)
                     (uiop:quit 1))))
    (if (string= cell "--cells")
        (format t "~{~a~%~}" (mapcar #'car *cells*))
        (run-cell cell))
    (finish-output)))
