;;;; The systems: nlib, which needs nothing but the implementation; nlib/cffi for those who use CFFI.

(defsystem "nlib"
  :description "Native libraries loaded from their C and C++ sources, with functions typed by their headers"
  :version "0.1.0"
  :license "MIT OR Apache-2.0"
  :pathname "src/"
  :serial t
  :components ((:file "package")
               (:file "conditions")
               (:file "names")
               (:file "objects")
               (:file "utf8")
               (:file "sbcl" :if-feature :sbcl)
               (:file "ecl" :if-feature :ecl)
               (:file "memory")
               (:file "api")
               (:file "library")
               (:file "types")
               (:file "notation")
               (:file "callbacks")
               (:file "values")
               (:file "foreign")
               (:file "functions")
               (:file "thunks")
               (:file "context")
               (:file "request")
               (:file "loading")
               (:file "tasks")
               (:file "symbols")
               (:file "definitions")
               (:file "asdf")))

(defsystem "nlib/cffi"
  :description "What a library's headers declare, as definitions of CFFI's"
  :depends-on ("nlib" "cffi")
  :pathname "src/"
  :components ((:file "cffi")))
