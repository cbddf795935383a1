;;;; The package and its public names, by subject.

(defpackage #:nlib
  (:use #:common-lisp)
  (:export
   ;; Loading
   #:load-native-library #:define-library #:library #:library-name #:library-linker
   #:library-loaded-p #:unload #:release #:reload #:with-library #:find-library
   #:start-loading #:task #:wait #:cancel #:done-p
   #:context #:open-context #:close-context #:*context* #:*nlib-library* #:version
   ;; Calling
   #:call #:native-function #:foreign-funcall #:symbol-address #:symbols
   #:native-variable #:constant #:enum-value #:enum-name #:names #:describe-name #:signature
   #:interface-text #:define-functions #:define-function #:lisp-name
   #:*convert-text* #:*break-on-callback-errors*
   ;; Memory
   #:foreign #:make-foreign #:with-foreign #:free #:slot #:ref #:value #:to-lisp #:to-plist
   #:foreign-address #:foreign-pointer #:foreign-string #:make-foreign-string #:pointer-to
   #:cast #:size-of #:offset-of #:find-type
   ;; C++
   #:new #:invoke #:destroy #:with-object
   ;; Callbacks
   #:callback #:make-callback #:with-callback #:free-callback
   ;; Conditions
   #:nlib-error #:message #:near-names
   #:compile-error #:diagnostics #:diagnostic #:diagnostic-severity #:diagnostic-file
   #:diagnostic-line #:diagnostic-column #:diagnostic-text #:diagnostic-option
   #:diagnostic-library #:diagnostic-unit
   #:usage-error #:manifest-error #:link-error #:toolchain-error #:io-error #:symbol-error
   #:ambiguous-error #:in-use-error #:unloaded-error #:argument-error #:handle-error
   #:cancelled #:internal-error
   #:call-error #:wrong-argument-count #:wrong-argument-type #:unsupported-type #:dead-object
   #:foreign-exception #:callback-exit #:libnlib-not-found
   ;; Restarts
   #:retry #:use-previous #:use-flags))
