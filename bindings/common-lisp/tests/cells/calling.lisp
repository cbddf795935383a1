;;;; Cells: functions, structures, C++.

(in-package #:nlib-table)

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
    ;; C may divide by zero; Lisp, in callbacks too, is told when it does
    (let* ((division (nlib:load-native-library
                      :code (format nil "typedef double (*operation)(double);~%~
                                         double divide(double a, double b) { return a / b; }~%~
                                         double apply(operation f, double x) { return f(x / 0); }")))
           (zero (nlib:call division "divide" 0 1)))
      (check (> (nlib:call division "divide" 1 zero) most-positive-double-float))
      (signalled division-by-zero (princ-to-string (/ 1d0 zero)))
      (signalled division-by-zero
        (nlib:call division "apply" (lambda (infinity) (declare (ignore infinity)) (/ 1d0 zero)) 1))
      (check (> (nlib:call division "apply" (lambda (infinity) infinity) 1)
                most-positive-double-float)))
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
    (signalled nlib:dead-object (nlib:slot a :x)))
  (unions)
  (kept-texts)
  (arrays)
  (collected))

(defun arrays ()
  "Lists of texts, arrays in two dimensions, and what the errors about arrays say."
  (let* ((library (nlib:load-native-library
                   :code (format nil "typedef struct { char name[16]; int sizes[2]; } rec;~%~
                                      int count(const char *const *v) { int n = 0; while (v[n]) n++; return n; }~%~
                                      int count_of(const char **v) { return count(v); }~%~
                                      int sum(int m[2][3]) { return m[0][0] + 10 * m[1][2]; }~%~
                                      int length(rec r) { return r.name[0]; }~%")))
         (long "way too long for sixteen"))
    (check (= 2 (nlib:call library "count" '("a" "ż" nil))))
    (check (= 2 (nlib:call library "count_of" (nlib:make-foreign '(:array :string 3) '("a" "ż" nil)))))
    (check (= 61 (nlib:call library "sum" (make-array '(2 3) :element-type '(signed-byte 32)
                                                             :initial-contents '((1 2 3) (4 5 6))))))
    (flet ((told (text name argument)
             (check (search text (princ-to-string (signalled nlib:wrong-argument-type
                                                    (nlib:call library name argument)))))))
      (told "const char * *, which takes a FOREIGN or NIL" "count_of" 5)
      (told "const char *const *, which takes a FOREIGN, a list or NIL" "count" 5)
      (told "int[3] *, which takes a FOREIGN, a simple array of (SIGNED-BYTE 32) or NIL" "sum" 5)
      (told "char[16], which takes a string of at most 15 bytes of UTF-8" "length" (list :name long))
      (told "takes a sequence of at most 2 elements, each an integer from" "length" '(:sizes (1 2 3))))))

(defun collected ()
  "Memory that nobody refers to does not pile up, although the collector does not see it."
  (let ((library (nlib:load-native-library
                  :code (format nil "#include <string.h>~%void touch(void *p, unsigned n) { memset(p, 1, n); }")))
        (size (* 16 1024 1024))
        (before (resident-pages)))
    (dotimes (i 64)
      (nlib:call library "touch" (nlib:make-foreign (list :array :int8 size)) size))
    (check (< (- (resident-pages) before) (/ (* 45 size) 4096)))))

(defun resident-pages ()
  "How many pages of memory this process takes."
  (with-open-file (in "/proc/self/statm")
    (read in)
    (read in)))

(defun kept-texts ()
  "A record that is copied into another is not needed any more for what it points to."
  (let* ((library (nlib:load-native-library
                   :code (format nil "typedef struct { const char *text; } inner;~%~
                                      typedef struct { inner first, more[2]; } outer;~%~
                                      const char *text_of(const outer *o, int n) ~
                                      { return n ? o->more[n - 1].text : o->first.text; }~%")))
         (long (make-string 400 :initial-element #\t))
         (outer (nlib:make-foreign "outer" :library library)))
    (flet ((inner (letter)
             (nlib:make-foreign "inner" :library library
                                        :text (substitute letter #\t long))))
      (setf (nlib:slot outer :first) (inner #\a)
            (nlib:slot outer :more 0) (inner #\b)
            (nlib:slot outer :more) (list '(:text "c") (inner #\d))))
    (dotimes (i 3)
      #+sbcl (sb-ext:gc :full t)
      #+ecl (ext:gc t)
      (sleep 0.1)
      (dotimes (i 1000) (nlib:make-foreign-string (substitute #\z #\t long))))
    (check (string= (substitute #\a #\t long) (nlib:call library "text_of" outer 0)))
    (check (string= "c" (nlib:call library "text_of" outer 1)))
    (check (string= (substitute #\d #\t long) (nlib:call library "text_of" outer 2)))))

(defun unions ()
  "What is in a union may be another member, so its texts are looked at only when they are asked for."
  (let* ((library (nlib:load-native-library
                   :code (format nil "typedef union { const char *text; long number; } any;~%~
                                      typedef struct { int kind; union { const char *text; long number; }; } tagged;~%~
                                      typedef struct { const char *label; any inner; } outer;~%~
                                      any make_any(long n) { any a; a.number = n; return a; }~%~
                                      tagged make_tagged(long n) { tagged t; t.kind = 1; t.number = n; return t; }~%~
                                      outer make_outer(long n) { outer o; o.label = \"label\"; o.inner.number = n; return o; }~%~
                                      any make_text(void) { any a; a.text = \"text\"; return a; }~%")))
         (any (nlib:call library "make_any" 5))
         (tagged (nlib:call library "make_tagged" 6))
         (outer (nlib:call library "make_outer" 7)))
    (check (search "number 5" (princ-to-string any)))
    (check (search "number 6" (princ-to-string tagged)))
    (check (search "label" (princ-to-string outer)))
    (check (= 5 (getf (nlib:to-plist any) :number)))
    (check (= 5 (nlib:foreign-address (getf (nlib:to-plist any) :text))))
    (check (= 6 (getf (nlib:to-plist tagged) :number)))
    (check (string= "label" (getf (nlib:to-plist outer) :label)))
    (check (= 7 (getf (getf (nlib:to-plist outer) :inner) :number)))
    (check (string= "text" (nlib:slot (nlib:call library "make_text") :text)))))

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
      (check (null (nlib:to-plist tally))) ; all private
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
