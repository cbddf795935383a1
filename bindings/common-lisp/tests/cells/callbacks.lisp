;;;; Cells: functions of Lisp's that C calls; threads.

(in-package #:nlib-table)

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
                            nil))))
  (pointers-to-functions)
  (buffers)
  (other-signatures))

(defun buffers ()
  "What C wants a callback to fill is no text."
  (let ((library (nlib:load-native-library
                  :code (format nil "#include <string.h>~%~
                                     typedef int (*reader)(const char *name, char *data, int size);~%~
                                     int first(reader read) { char data[4] = {'a', 'b', 'c', 'd'};~
                                     int count = read(\"name\", data, 4); return count + data[0] + data[3]; }~%~
                                     int second(reader read) { return read(\"name\", 0, 0); }~%"))))
    (check (= (+ 3 (char-code #\A) 200)
              (nlib:call library "first"
                         (lambda (name data size)
                           (check (string= name "name"))
                           (check (string= "abcd" (nlib:foreign-string data size)))
                           (setf (nlib:ref data 0) #\A)
                           (let ((octets (nlib:cast data (list :array :uint8 size))))
                             (setf (nlib:value octets) '(65 66 67 200))
                             (check (= 67 (nlib:ref octets 2))))
                           (setf (nlib:ref data 3) -56)
                           (+ 3 256)))))
    (check (= 5 (nlib:call library "second" (lambda (name data size)
                                              (declare (ignore name size))
                                              (if data 0 5)))))))

(defun other-signatures ()
  "C's functions are given where their signature is wanted, and nowhere else."
  (let ((library (nlib:load-native-library
                  :code (format nil "typedef struct { int x, y; } pair;~%~
                                     int sum3(int a, int b, int c) { return a + b + c; }~%~
                                     int sum2(int a, int b) { return a + b; }~%~
                                     int sum(pair p) { return p.x + p.y; }~%~
                                     int apply(int (*f)(int, int), int a, int b) { return f(a, b); }~%~
                                     int apply_pair(int (*f)(pair), int a) { return f((pair){a, a}); }~%"))))
    (flet ((native (name) (nlib:native-function library name)))
      (check (= 3 (nlib:call library "apply" (native "sum2") 1 2)))
      (check (= 14 (nlib:call library "apply_pair" (native "sum") 7)))
      (check (search "argument 1 (f) of apply"
                     (princ-to-string (signalled nlib:wrong-argument-type
                                        (nlib:call library "apply" (native "sum3") 1 2)))))
      (signalled nlib:wrong-argument-type (nlib:call library "apply" (native "sum") 1 2)))))

(defun pointers-to-functions ()
  "What C gives as a pointer to a function is called like a function, as long as its code is in memory."
  (let* ((path (write-file "pointers.c" (format nil "typedef int (*step)(int);~%~
                                                     typedef struct { step next; } table;~%~
                                                     static step kept;~%~
                                                     static int one(int value) { return value + 1; }~%~
                                                     step give(void) { return one; }~%~
                                                     table *give_table(void) { static table t = {one}; return &t; }~%~
                                                     int run(step f, int value) { return f(value); }~%~
                                                     void keep(step f) { kept = f; }~%~
                                                     step give_kept(void) { return kept; }~%")))
         (library (nlib:load-native-library :source path))
         (given (nlib:call library "give"))
         (in-table (nlib:slot (nlib:call library "give_table") :next)))
    (check (= 2 (funcall given 1)))
    (check (= 3 (funcall given 2)))
    (check (= 2 (funcall in-table 1)))
    (check (= 6 (nlib:call library "run" given 5)))
    (check (= 4 (funcall (nlib:value (nlib:make-foreign "step" :library library given)) 3)))
    (nlib:call library "keep" (lambda (value) (+ value 100)))
    (check (= 101 (funcall (nlib:call library "give_kept") 1)))
    (signalled nlib:wrong-argument-count (funcall given))
    (signalled nlib:wrong-argument-type (funcall given "1"))
    ;; Its code stays when the library is loaded anew and the code before is kept, and goes with the library
    (write-file "pointers.c" "typedef int (*step)(int); static int two(int v) { return v + 2; } step give(void) { return two; }")
    (nlib:reload library :keep-old t)
    (check (= 2 (funcall given 1)))
    (let ((newer (nlib:call library "give")))
      (check (= 3 (funcall newer 1)))
      (write-file "pointers.c" "int nothing(void) { return 0; }")
      (nlib:reload library)
      (signalled nlib:unloaded-error (funcall newer 1))
      (check (= 2 (funcall given 1)))
      (nlib:unload library)
      (signalled nlib:unloaded-error (funcall newer 1))
      (signalled nlib:unloaded-error (funcall given 1))
      (check (search "code of pointers" (princ-to-string (signalled nlib:unloaded-error (funcall in-table 1))))))))

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
    (check (= (nlib:call kit "kit_add" 1 2) 3))
    (check (= 400 (nlib:call (threads-library) "run" (lambda (value) (declare (ignore value)) 1) 8 50))))
  (stray-failures))

(defun threads-library ()
  (nlib:load-native-library
   :code (format nil "#include <pthread.h>~%~
                      typedef int (*step)(int);~%~
                      typedef struct { step f; int times, sum; } work;~%~
                      static void *steps(void *data) {~%~
                      work *w = data; for (int i = 0; i < w->times; i++) w->sum += w->f(i); return 0; }~%~
                      int run(step f, int threads, int times) {~%~
                      pthread_t ids[8]; work works[8]; int sum = 0;~%~
                      for (int i = 0; i < threads; i++) { works[i] = (work){f, times, 0};~
                      pthread_create(&ids[i], 0, steps, &works[i]); }~%~
                      for (int i = 0; i < threads; i++) { pthread_join(ids[i], 0); sum += works[i].sum; }~%~
                      return sum; }~%")))

(defun stray-failures ()
  "Errors on threads of C's are told by one call of the callback's library, and by no other's."
  (let ((threads (threads-library))
        (other (nlib:load-native-library :code "typedef int (*step)(int); int one(void) { return 1; }"))
        (warnings '()))
    (nlib:with-callback (failing other "step" (lambda (value)
                                                (declare (ignore value))
                                                (error 'own-error)))
      (check (= 0 (nlib:call threads "run" failing 1 3)))
      (check (= 0 (nlib:call threads "run" failing 1 1))))
    (handler-bind ((warning (lambda (warning)
                              (push (princ-to-string warning) warnings)
                              (muffle-warning warning))))
      (signalled own-error (nlib:call other "one")))
    (check (= 1 (length warnings)))
    (check (search "3 more errors" (first warnings)))
    (check (= 1 (nlib:call other "one")))))

(defun run-threads (count function)
  "Calls FUNCTION with each number below COUNT, each on a thread of its own; gives the results."
  #+sbcl (mapcar #'sb-thread:join-thread
                 (loop for i below count
                       collect (sb-thread:make-thread function :arguments (list i))))
  #+ecl (let ((results (make-list count)))
          (mapc #'mp:process-join
                (loop for i below count
                      collect (let ((i i))
                                (mp:process-run-function "test" (lambda ()
                                                                  (setf (nth i results)
                                                                        (funcall function i)))))))
          results))

(define-cell "threads"
  ;; Eight threads look the same function up, load, allocate, call back; the collector runs meanwhile.
  (let ((kit (kit))
        (points '((:x 1 :y 2) (:x 3 :y 4))))
    (check (equal (run-threads
                   8 (lambda (number)
                       (let ((sum 0))
                         (dotimes (i 200 sum)
                           (let ((middle (nlib:call kit "kit_mid" (first points) '(:x 3 :y 2))))
                             (incf sum (round (nlib:slot middle :x))))
                           (nlib:call kit "kit_each" points 2
                                      (lambda (index point data)
                                        (declare (ignore data))
                                        (incf sum (+ index (round (nlib:slot point :x))))
                                        0)
                                      nil)
                           (when (and (zerop number) (zerop (mod i 50)))
                             #+sbcl (sb-ext:gc :full t)
                             #+ecl (ext:gc t))))))
                  (make-list 8 :initial-element (* 200 (+ 2 1 4)))))
    (check (equal (run-threads
                   4 (lambda (number)
                       (nlib:call (nlib:load-native-library
                                   :code "int same(int value) { return value + 1; }" :name "same")
                                  "same" number)))
                  '(1 2 3 4)))
    (check (equal (run-threads
                   4 (lambda (number)
                       (let ((heard '()))
                         (dotimes (i 20)
                           (nlib:call kit "kit_on_thread"
                                      (lambda (data value)
                                        (declare (ignore data))
                                        (push value heard))
                                      nil (+ number i)))
                         (reduce #'+ heard))))
                  (loop for number below 4 collect (+ (* 20 number) 190))))))
