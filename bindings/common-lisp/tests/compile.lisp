;;;; Compiles and loads the binding without a word, unless something is wrong.

(require :asdf)

(handler-bind ((error (lambda (condition)
                        (format *error-output* "~&the binding does not compile: ~a~%" condition)
                        (uiop:quit 1))))
  (let ((*standard-output* (make-broadcast-stream))
        (*compile-verbose* nil)
        (*load-verbose* nil))
    (asdf:load-system "nlib")))
