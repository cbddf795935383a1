;;;; Load and call beside what Lisp people do otherwise: CFFI and a shared library that was built before.
;;;;
;;;; Prints `way nlib`, then a line `NAME VALUE` each; then the same after `way CFFI`:
;;;;
;;;;     load          microseconds; the median of many warm loads of kit.c to a function that was called once, within
;;;;                   the running process, interface included
;;;;     call          nanoseconds; kit_add
;;;;     call-pointer  kit_move, which changes a structure through a pointer
;;;;     call-struct   kit_mid, which takes and gives structures by value, as plain CFFI cannot

(defpackage #:nlib-bench
  (:use #:common-lisp))

(in-package #:nlib-bench)

(defparameter *source*
  (merge-pathnames "kit.c" (concatenate 'string (uiop:getenv "NLIB_FIXTURES") "/")))

(defparameter *prebuilt*
  (namestring (merge-pathnames "libkit.so" (uiop:getenv "NLIB_BENCH_FOLDER"))))

(nlib:define-library kit :source (merge-pathnames "kit.c" (concatenate 'string (uiop:getenv "NLIB_FIXTURES") "/")))
(nlib:define-functions kit)

(cffi:defcstruct usual-point (x :double) (y :double))
(cffi:defcfun (usual-add "kit_add") :int (a :int) (b :int))
(cffi:defcfun (usual-move "kit_move") :void (point :pointer) (x :double) (y :double))

#+ecl
(ffi:clines "
#include <time.h>
static double bench_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}
")

(defun now ()
  "Nanoseconds of the monotonic clock."
  #+sbcl (multiple-value-bind (seconds nanoseconds)
             (sb-unix::clock-gettime 1)
           (+ (* seconds 1000000000) nanoseconds))
  #+ecl (ffi:c-inline () () :double "bench_now()" :one-liner t))

(defun median (numbers)
  (nth (floor (length numbers) 2) (sort (copy-list numbers) #'<)))

(defun line (name value)
  (format t "~&~a ~,2f~%" name value))

(defconstant +loads+ 51)
(defconstant +rounds+ 5)

(defun microseconds (function)
  (let ((start (now)))
    (funcall function)
    (/ (- (now) start) 1000d0)))

(defun load-time-of (load-once unload)
  "The median of what LOAD-ONCE takes; UNLOAD is not counted."
  (funcall load-once)
  (funcall unload)
  (median (loop repeat +loads+
                collect (microseconds load-once)
                do (funcall unload))))

(defun call-time-of (loop count)
  "Nanoseconds for each of the COUNT rounds of LOOP."
  (funcall loop count)
  (median (loop repeat +rounds+
                collect (/ (* 1000 (microseconds (lambda () (funcall loop count)))) count))))

(defconstant +calls+ #+sbcl 1000000 #-sbcl 100000)

(defun bench-nlib ()
  (format t "~&way nlib~%")
  ;; Each load is that of a context that has loaded nothing yet.
  (let ((context (nlib:open-context))
        (library nil))
    (line "load" (load-time-of (lambda ()
                                 (setf library (nlib:load-native-library :source *source*
                                                                         :context context))
                                 (assert (= 3 (nlib:call library "kit_add" 1 2))))
                               (lambda ()
                                 (nlib:unload library)
                                 (nlib:close-context context)
                                 (setf context (nlib:open-context))))))
  (line "call" (call-time-of (lambda (count) (dotimes (i count) (kit:kit-add i 1))) +calls+))
  (nlib:with-foreign ((point 'kit:kit-point :x 1 :y 2))
    (line "call-pointer" (call-time-of (lambda (count)
                                         (dotimes (i count) (kit:kit-move point 1d0 1d0)))
                                       +calls+))
    (line "call-struct" (call-time-of (lambda (count)
                                        (dotimes (i count) (kit:kit-mid point point)))
                                      (floor +calls+ 10)))))

(defun bench-cffi ()
  (format t "~&way CFFI~%")
  (let ((library nil))
    (line "load" (load-time-of (lambda ()
                                 (setf library (cffi:load-foreign-library *prebuilt*))
                                 (assert (= 3 (usual-add 1 2))))
                               (lambda () (cffi:close-foreign-library library)))))
  (cffi:load-foreign-library *prebuilt*)
  (line "call" (call-time-of (lambda (count) (dotimes (i count) (usual-add i 1))) +calls+))
  (cffi:with-foreign-object (point '(:struct usual-point))
    (line "call-pointer" (call-time-of (lambda (count)
                                         (dotimes (i count) (usual-move point 1d0 1d0)))
                                       +calls+))))

(bench-nlib)
(bench-cffi)
