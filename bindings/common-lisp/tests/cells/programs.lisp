;;;; Cells: the examples and the quick start.

(in-package #:nlib-table)

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
