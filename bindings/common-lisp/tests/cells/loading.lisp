;;;; Cells: loading, unloading, and what goes wrong with them.

(in-package #:nlib-table)

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
         (told '())
         (context (nlib:open-context :log (lambda (level text) (push (list level text) told))
                                     :progress (lambda (step &rest details)
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
    (check (find :loaded steps))
    (check told)
    (check (every (lambda (entry) (and (keywordp (first entry)) (stringp (second entry)))) told)))
  (let ((task (nlib:start-loading :code "int broken(void) { return nothing; }")))
    (check (nlib:diagnostics (signalled nlib:compile-error (nlib:wait task))))
    (check (nlib:done-p task))
    (signalled nlib:compile-error (nlib:wait task)))
  ;; One that takes seconds, given up
  (let* ((context (nlib:open-context :cache :off))
         (long (format nil "~{int f~d(int x) { for (int i = 0; i < x; i++) x ^= i * x; return x; }~%~}"
                       (loop for i below 20000 collect i)))
         (task (nlib:start-loading :code long :context context)))
    (check (null (nlib:wait task :timeout 0)))
    (check (not (nlib:done-p task)))
    (nlib:cancel task)
    (signalled nlib:cancelled (nlib:wait task))
    (nlib:close-context context)
    (signalled nlib:usage-error (nlib:load-native-library :code "int f;" :context context)))
  (let* ((done nil)
         (task (nlib:start-loading :code "int one(void) { return 1; }"
                                   :when-done (lambda () (setf done t)))))
    (check (= (nlib:call (nlib:wait task) "one") 1))
    (loop until done))
  (let ((granted (nlib:load-native-library
                  :code "int host_add(int, int); int through(int a) { return host_add(a, 1); }"
                  :host-symbols (list (list "host_add" '(:function :int (:int :int)) #'+)))))
    (check (= (nlib:call granted "through" 41) 42)))
  (let ((defined (nlib:load-native-library
                  :code "int width(void) { return WIDTH; }" :defines '(("WIDTH" 17)))))
    (check (= (nlib:call defined "width") 17))))

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
    ;; A name is not cut at a zero
    (let ((cut (format nil "kit_add~ax" (code-char 0))))
      (signalled nlib:argument-error (nlib:call kit cut 1 2))
      (signalled nlib:argument-error (nlib:symbol-address kit cut))
      (signalled nlib:argument-error (nlib:load-native-library :code "int a;" :name cut)))
    (signalled nlib:usage-error (nlib:call 'no-such-library "kit_add"))))

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
