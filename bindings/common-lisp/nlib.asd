;;;; The systems: nlib; nlib/core, of which it is made and which needs nothing but the implementation, not even
;;;; ASDF once it is compiled; nlib/cffi for those who use CFFI.

(defsystem "nlib"
  :description "Native libraries loaded from their C and C++ sources, also as components of systems"
  :version "0.1.0"
  :license "MIT OR Apache-2.0"
  :depends-on ("nlib/core")
  :pathname "src/"
  :components ((:file "asdf")))

(defsystem "nlib/core"
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
               #+sbcl (:file "sbcl")
               #+ecl (:file "ecl")
               #-(or sbcl ecl) #.(error "nlib is for SBCL and ECL")
               (:file "memory")
               (:file "api")
               (:file "library")
               (:file "types")
               (:file "notation")
               (:file "callbacks")
               (:file "values")
               (:file "storage")
               (:file "foreign")
               (:file "functions")
               (:file "thunks")
               (:file "context")
               (:file "request")
               (:file "loading")
               (:file "tasks")
               (:file "symbols")
               (:file "definitions")))

(defsystem "nlib/cffi"
  :description "What a library's headers declare, as definitions of CFFI's"
  :depends-on ("nlib" "cffi")
  :pathname "src/"
  :components ((:file "cffi")))
