;;;; Runs the cell that the variable NLIB_CELL names, or lists them all: those of tests/hosts/README.md and some of
;;;; this binding's own.

(dolist (file '("check" "cells/loading" "cells/calling" "cells/callbacks" "cells/programs" "cells/lisp"))
  (with-compilation-unit ()
    (load (merge-pathnames (concatenate 'string file ".lisp") *load-truename*))))

(in-package #:nlib-table)

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
