;;;; Compiles what bench.lisp needs and bench.lisp itself, and runs it.

(require :asdf)

(let ((*standard-output* (make-broadcast-stream))
      (*error-output* (make-broadcast-stream)))
  (asdf:load-system "nlib")
  (asdf:load-system "cffi"))

(let ((compiled (merge-pathnames "bench.fasl" (uiop:getenv "NLIB_BENCH_FOLDER")))
      (source (merge-pathnames "bench.lisp" *load-truename*)))
  (unless (let ((*standard-output* (make-broadcast-stream)))
            (compile-file source :output-file compiled))
    (uiop:quit 1))
  (load compiled))
