;;;; The cell `cffi`: a library's definitions used with CFFI.

(in-package #:nlib-table)

(nlib:define-library cffi-kit :source (fixture "kit.c"))
(nlib/cffi:define-foreign cffi-kit :package "CFFI-KIT")

(check (= (cffi-kit:kit-add 1 2) 3))
(check (= (cffi-kit:kit-half 5d0) 2.5d0))
(check (eq (cffi-kit:kit-not t) nil))
(check (string= (cffi-kit:kit-greeting) "grüß dich"))
(check (= (cffi-kit:kit-length "grüß") 6))
(check (eq (cffi-kit:kit-next-color :kit-red) :kit-green))
(check (= (cffi:foreign-type-size '(:struct cffi-kit:kit-packet)) 56))
(check (search "Adds two numbers." (documentation 'cffi-kit:kit-add 'function)))

(cffi:with-foreign-object (point '(:struct cffi-kit:kit-point))
  (setf (cffi:foreign-slot-value point '(:struct cffi-kit:kit-point) 'cffi-kit:x) 1d0
        (cffi:foreign-slot-value point '(:struct cffi-kit:kit-point) 'cffi-kit:y) 2d0)
  (cffi-kit:kit-move point 10d0 20d0)
  (check (= (cffi:foreign-slot-value point '(:struct cffi-kit:kit-point) 'cffi-kit:y) 22d0))
  ;; The same memory as nlib sees it
  (check (= (nlib:slot (nlib:cast point "kit_point" 'cffi-kit) :x) 11d0)))

(cffi:with-foreign-object (packet '(:struct cffi-kit:kit-packet))
  (cffi-kit:kit-fill packet)
  (check (= (cffi:foreign-slot-value packet '(:struct cffi-kit:kit-packet) 'cffi-kit:number) 42))
  (check (= (cffi:mem-aref (cffi:foreign-slot-pointer packet '(:struct cffi-kit:kit-packet)
                                                      'cffi-kit:samples)
                           :int16 1)
            -2)))

(cffi:with-foreign-object (text :char 32)
  (check (= (cffi-kit:kit-format text 32 "%d %s" :int 5 :string "x") 3))
  (check (string= (cffi:foreign-string-to-lisp text) "5 x")))

(cffi:defcallback listener :void ((data :pointer) (value :int32))
  (declare (ignore data))
  (setf (get 'listener 'heard) value))

(cffi-kit:kit-listen (cffi:callback listener) (cffi:null-pointer))
(cffi-kit:kit-emit 12)
(check (= (get 'listener 'heard) 12))

(nlib:unload 'cffi-kit)
(signalled nlib:unloaded-error (cffi-kit:kit-add 1 2))
(nlib:reload 'cffi-kit)
(check (= (cffi-kit:kit-add 1 2) 3))
