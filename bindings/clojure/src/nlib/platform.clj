(ns nlib.platform
  "What calls native code and reads its memory: java.lang.foreign (FFM) from JDK 22 on, JNA below.

  Everything above this namespace knows addresses, which are longs, and signatures: maps of
    :arguments  a vector of kinds
    :result     a kind, :void among them
    :fixed      for a variadic call, how many arguments stand before the `...`
  where a kind is :i8 :i16 :i32 :i64 :f32 :f64, or for a record by value (FFM only) a layout:
    [:struct size alignment [[offset kind] ...]], [:union size alignment [kind ...]], [:array count kind].
  Integers narrower than 32 bits are passed as :i32, which the caller has extended as C demands; they are
  given back as :i8 and :i16.")

(definterface Invoker
  (^Object invoke [^"[Ljava.lang.Object;" arguments]))

(definterface Platform
  (^String label [])
  (^boolean passesRecords [])
  (^long get8 [^long address])
  (^long get16 [^long address])
  (^long get32 [^long address])
  (^long get64 [^long address])
  (^double getFloat [^long address])
  (^double getDouble [^long address])
  (^void set8 [^long address ^long value])
  (^void set16 [^long address ^long value])
  (^void set32 [^long address ^long value])
  (^void set64 [^long address ^long value])
  (^void setFloat [^long address ^double value])
  (^void setDouble [^long address ^double value])
  ;; The UTF-8 text at an address, up to its NUL byte.
  (^String getText [^long address])
  ;; Between memory and a whole array of primitives.
  (^void getArray [^long address array])
  (^void setArray [^long address array])
  (^void zero [^long address ^long size])
  (^void copy [^long from ^long to ^long size])
  (^long malloc [^long size])
  (^void free [^long address])
  ;; Zeroed memory that lives as long as the object given: an Owned.
  (^Object own [^long size ^long alignment])
  ;; Of a direct buffer, at its position.
  (^long bufferAddress [^java.nio.Buffer buffer])
  ;; A view of memory, in the processor's order. `owner` is of the Owned that the memory belongs to, and then
  ;; lives as long as the buffer; nil for C's.
  (^java.nio.ByteBuffer byteBuffer [owner ^long address ^long size])
  ;; A function from names to addresses, nil for what is not there. Throws where there is no such library.
  (^Object symbols [^String library])
  (^nlib.platform.Invoker invoker [signature ^long address])
  ;; Native code that calls `function` with an array of boxed arguments: an Owned.
  (^Object callback [signature function]))

;; An address and the object whose life is that of the memory there.
(deftype Owned [^long address owner])

(defn- present? [class-name]
  (try (Class/forName class-name false (.getContextClassLoader (Thread/currentThread)))
       true
       (catch ClassNotFoundException _ false)))

(defn- choice
  "Which platform: as the property nlib.ffi or the variable NLIB_FFI says (\"ffm\", \"jna\"), else the
  first that is there."
  []
  (let [wanted (or (System/getProperty "nlib.ffi") (System/getenv "NLIB_FFI"))
        foreign? (and (<= 22 (.feature (Runtime/version))) (present? "java.lang.foreign.Linker"))]
    (cond
      (= wanted "ffm") (if foreign?
                         'nlib.platform.ffm
                         (throw (ex-info (str "nlib.ffi is \"ffm\", which needs JDK 22 or later; this is "
                                              (Runtime/version) ". Leave it away to use JNA.")
                                         {:nlib/kind :platform})))
      (= wanted "jna") 'nlib.platform.jna
      wanted (throw (ex-info (str "nlib.ffi is \"" wanted "\"; it may be \"ffm\" or \"jna\".")
                             {:nlib/kind :platform}))
      foreign? 'nlib.platform.ffm
      :else 'nlib.platform.jna)))

(defn- start []
  (let [chosen (choice)]
    (when (and (= chosen 'nlib.platform.jna) (not (present? "com.sun.jna.Function")))
      (throw (ex-info (str "JNA is not on the class path, and this Java, " (Runtime/version)
                           ", cannot call native code without it. Add net.java.dev.jna/jna, or use JDK 22 "
                           "or later.")
                      {:nlib/kind :platform})))
    (require chosen)
    ((ns-resolve chosen 'platform))))

(def ^Platform platform
  "The one platform of this process."
  (start))
