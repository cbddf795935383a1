(ns nlib.core
  "Native libraries loaded from their sources.

    (require '[nlib.core :as n])
    (def kit (n/load-native-library :source \"kit.c\"))
    (n/import-library! kit :as 'kit)
    (kit/kit_add 1 2)

  Errors are ex-info; (:nlib/kind (ex-data e)) says what they are about, see nlib.error."
  (:refer-clojure :exclude [symbol])
  (:require [clojure.string :as string]
            [nlib.callback :as callback]
            [nlib.context :as context]
            [nlib.error :refer [fail]]
            [nlib.function :as function]
            [nlib.generation :as generation]
            [nlib.import :as import]
            [nlib.interface :as interface]
            [nlib.layout :as layout]
            [nlib.library :as library]
            [nlib.memory :as memory]
            [nlib.native :as native]
            [nlib.object :as object]
            [nlib.platform :refer [platform]]
            [nlib.pointer :as pointer]
            [nlib.record :as record]
            [nlib.request :as request]
            [nlib.scope :as scope]
            [nlib.spelling :as spelling]
            [nlib.task :as task]
            [nlib.types :as types])
  (:import (nlib.context Context)
           (nlib.generation Generation)
           (nlib.library Library)
           (nlib.memory Addressed Store)
           (nlib.platform Owned Platform)
           (nlib.pointer Pointer)
           (nlib.record Place Struct)))

(set! *warn-on-reflection* true)

;; ---- nlib itself ------------------------------------------------------------------------------------

(defn version
  "The version of libnlib, \"0.1.0\"."
  []
  (memory/text-at (native/nlib_version_string)))

(defn platform-label
  "How native code is called: \"FFM\" or \"JNA\"."
  []
  (.label ^Platform platform))

(defn open-context
  "A context with its own options, for the :context of a load. To be closed, by with-open or .close; libraries
  stay loaded then, but can no longer be unloaded.

    :cache-directory  the cache's folder
    :cache            :on, :off, :read-only or :recache
    :profile          for loads that name none
    :project-folder, :library-path (folders with manifests), :worker, :offline, :jobs
    :log              a function of maps with :level (:warning :info :debug) and :message
    :progress         a function of maps with :kind (:fetch :compiles :compile-started :unit-ready :unit-failed
                      :loaded), :library, :unit, :cached, :count and :elapsed-ns
  Threads of nlib's own call :log and :progress, several at once."
  [& {:as options}]
  (context/open (or options {})))

;; ---- Loading ----------------------------------------------------------------------------------------

(defn- load-arguments
  "Options, before which a name or path may stand."
  [arguments]
  (let [[library options] (if (or (keyword? (first arguments)) (map? (first arguments)) (empty? arguments))
                            [nil arguments]
                            [(first arguments) (rest arguments)])
        options (if (and (map? (first options)) (nil? (next options)))
                  (first options)
                  (do (when (odd? (count options))
                        (fail :argument (str "options come in pairs; the last, " (pr-str (last options))
                                             ", has no value")))
                      (apply hash-map options)))]
    (cond-> options library (assoc :library library))))

(defn load-native-library
  "Loads a library and what it depends on: from the cache, or compiled now. Options, or a map of them:

    :source   a C or C++ file, or :sources, several that are one library (paths, or maps with :path, :code,
              :data, :name, :language)
    :library  a name, \"sqlite3\" or \"flecs@4[core]\"; it may stand alone: (load-native-library \"sqlite3\")
    :manifest a manifest's path, or :manifest-text with :manifest-folder
    :code     source text, with :language (\"c\", \"c++\", ...)
    :name     what the library is called, where there is no manifest
    :profile  :release, :dev or the manifest's
    :defines  a map of names to values, nil for none; :flags, :include-dirs
    :with     libraries that the sources use; :system-libraries, by link name
    :features, :options, :default-features (false leaves them off)
    :host-symbols  a map of names to callbacks or pointers that the library may use
    :overlays, :linker (:auto :jit :image), :auto-libraries
    :context  an open-context

  The library is to be unloaded by with-open, .close or unload!, or stays as long as the process. Compile
  errors are ex-info of the kind :compile with :nlib/diagnostics."
  [& arguments]
  (let [options (load-arguments arguments)]
    (library/library options (generation/load-generation options))))

(defn load-native-library-async
  "As load-native-library, beside the program: something to deref for the library, as a future. future-cancel
  gives the load up; deref then throws an error of the kind :cancelled."
  [& arguments]
  (task/start (load-arguments arguments)))

(defn library-name
  "What a library is called."
  [library]
  (.name (library/current library)))

(defn loaded?
  "Whether a library is loaded still."
  [library]
  (.isLoaded (library/current library)))

(defn linked-by
  "Which linker loaded a library, :jit or :image."
  [library]
  ({1 :jit 2 :image} (native/nlib_linked_by (.handle (library/current library)))))

(defn unload!
  "Unloads a library: its destructors run, its memory is given back, and each use of it is an error of the kind
  :unloaded. Refused, of the kind :in-use, while one of its functions runs or another library needs it. A
  second time is an error too; .close, as of with-open, forgives it."
  [library]
  (generation/unload (library/current library)))

(defn reload!
  "Loads a library anew from what it was loaded from. Its functions, also those that vars hold, call the new
  code from then on; when the load fails, everything stays as it was. The code before stays in memory, as
  pointers to it may be about, unless :unload true."
  [^Library library & {:keys [unload]}]
  (let [^Generation before (library/current library)
        ^Generation next (generation/load-generation (.options library))
        loaded? (.isLoaded before)]
    (if (and loaded? (generation/same-code? before next))
      (generation/discard next)
      (do
        (when loaded?
          (if unload
            (try (generation/unload before)
                 (catch Throwable failure
                   (generation/unload next)
                   (throw failure)))
            (generation/release before)))
        (.replace library next)
        (doseq [work (.reloadWork library)] (work))))
    library))

;; ---- Functions --------------------------------------------------------------------------------------

(defn function
  "A function of a library by name, in C++ its qualified name, with parameters where one overload is meant:
  \"kit::add(double, double)\". Its types are the header's, or those given: (function kit \"kit_add\" [:int :int]
  :int). A type is a keyword, C's spelling or a name of the library's; & at the end of the parameters stands
  for `...`. With {:text :pointer}, a result of type `char *` is given as a pointer."
  ([library name] (library/current library) (library/function library (library/c-name name)))
  ([library name options]
   (library/current library)
   (function/function library (library/c-name name) options))
  ([library name parameters result]
   (let [generation (library/current library)]
     (function/function library (library/c-name name)
                        {:types (spelling/signature generation parameters result)}))))

(defn call
  "Calls a function of a library by name."
  [library name & arguments]
  (apply (function library name) arguments))

(defn document!
  "Gives a var the documentation of a function on demand. What defcfn uses."
  [var library name]
  (import/document! var library name))

(defmacro defcfn
  "Defines a var that calls a function of a library, before and after a reload:

    (defcfn flecs ecs-init \"ecs_init\")                      ; typed by the header
    (defcfn flecs ecs-init)                                   ; named ecs_init
    (defcfn flecs ecs-init \"ecs_init\" [] ::n/pointer)       ; types given"
  {:arglists '([library name] [library name c-name] [library name c-name parameters result])}
  [library name & more]
  (let [[c-name & types] (if (string? (first more)) more (cons (string/replace (str name) "-" "_") more))
        types (when-let [[parameters result] types]
                [(mapv #(if (= '& %) ''& %) parameters) result])]
    (when-not (#{0 1 3} (count more))
      (throw (IllegalArgumentException. (str "defcfn " name " has a name, or a name, parameters and a result"))))
    `(let [library# ~library]
       (document! (def ~name (function library# ~c-name ~@types)) library# ~c-name))))

(defn import-library!
  "Interns the members of a library in a namespace, and names that in the current one:

    (import-library! kit :as 'kit)                            ; kit/kit_add, kit/KIT_VERSION
    (import-library! imgui :as 'ui :namespace \"ImGui\")      ; ui/Button for ImGui::Button

  Functions have :doc and :arglists. Constants are their values, variables are read with deref and written with
  reset!, structures are functions that make them. `::` within names becomes `.`.
    :into    the symbol of the namespace, instead of nlib.lib.NAME
    :only    names
    :rename  a function of each var's name, such as kebab-case
  Gives the namespace."
  [library & {:as options}]
  (import/import! library (or options {})))

(defn kebab-case
  "\"ecs_set_name\" as \"ecs-set-name\"; what has capitals, such as constants, stays."
  [name]
  (if (re-find #"[A-Z]" name) name (string/replace name "_" "-")))

;; ---- Structures and objects -------------------------------------------------------------------------

(defn make
  "A structure in memory: of C, of nothing or a map of fields; of C++, by a constructor. Fields are read by
  keyword, also with :as and get; deref gives a map of all. put! and reset! write. An object's destructor runs
  when it is closed, by with-open, close! or with-scope; a structure's memory ends with the last reference."
  [library name & arguments]
  (library/current library)
  (object/make library (library/c-name name) arguments))

(defn put!
  "Writes a field of a structure, or of several: (put! point :x 1 :y 2); or what is so many places after a
  pointer: (put! floats 0 1.5). Gives the structure or pointer."
  [place & values]
  (when-not (instance? Place place)
    (fail :type (str (types/shown place) " is no structure or pointer; a map is changed with assoc")))
  (doseq [[key value] (partition 2 values)]
    (.setField ^Place place key value))
  place)

(defn invoke
  "Calls a method of an object of C++: (invoke tally :next)."
  [object name & arguments]
  (object/invoke object name arguments))

(defn close!
  "Ends an object of C++, closes a library or context. As .close, without reflection."
  [thing]
  (when-not (instance? java.io.Closeable thing)
    (fail :type (str (types/shown thing) " is nothing that can be closed")))
  (.close ^java.io.Closeable thing))

(defmacro with-scope
  "Evaluates the body; the objects that were made in it, on this thread, are closed at its end, the last first."
  [& body]
  `(scope/call-in-scope (fn [] ~@body)))

(defn scoped
  "Gives a library, context or object, to be closed at the end of the with-scope that this is in."
  [thing]
  (scope/register thing))

(defn- described
  "The code that a library has now, the description of a type in it, and the type."
  [library type]
  (let [generation (library/current library)
        description (spelling/description generation type)]
    [generation description (types/type-of generation description)]))

(defn size-of
  "The size in bytes of a type of a library's."
  [library type]
  (let [[_ _ made] (described library type)]
    (:size made)))

(defn offset-of
  "Where a field lies in a structure, in bytes."
  [library name key]
  (let [generation (library/current library)
        shape (layout/shape generation (layout/record-name generation (library/c-name name)))]
    (:offset (or (layout/field shape key) (layout/no-field shape key)))))

;; ---- Memory -----------------------------------------------------------------------------------------

(defn array
  "Memory of the program's for `content`, a number of things or a sequence of them, of a type: a pointer that
  is read with nth and deref, and counted. It lives as long as the pointer."
  [library type content]
  (when-not (or (nat-int? content) (seqable? content))
    (fail :type (str (types/shown content) " is neither a number of things nor a sequence of them")))
  (let [[generation description {:keys [write size]}] (described library type)
        length (if (number? content) content (count content))
        ^Pointer made (pointer/of generation description length)]
    (when-not (number? content)
      (let [at (.address made)]
        (dorun (map-indexed (fn [index value] (write value (+ at (* (long size) (long index))) (.owner made)))
                            content))))
    made))

(defn c-string
  "Text in memory of the program's, for C to keep: it lives as long as the pointer that this gives."
  [text]
  (when-not (string? text)
    (fail :type (str (types/shown text) " is no text")))
  (let [store (memory/store)
        at (memory/claim-text text store)]
    (Pointer. at {:kind "character" :name "char" :size 1 :signed true} nil store
              (inc (alength (.getBytes ^String text "UTF-8"))))))

(defn address
  "The address of what is in memory: a pointer, structure, function or callback; 0 for nil."
  [thing]
  (if (nil? thing) 0 (.address ^Addressed (pointer/checked thing))))

(defn- place [address description generation]
  (when-not (int? address)
    (fail :type (str (types/shown address) " is no address")))
  (Pointer. address description generation nil nil))

(defn pointer
  "A pointer of an address. Nothing checks it. Without a type it is a `void *`; else (pointer kit address
  \"float\") says what is there."
  ([address] (place address {:kind "void"} nil))
  ([library address type]
   (let [[generation description] (described library type)]
     (place address description generation))))

(def null
  "C's NULL, for the few functions that take it for the thing that they work on; nil is refused there, and
  does everywhere else."
  pointer/null)

(defn cast-pointer
  "What is at a pointer as of another type: a structure where that is one, else a pointer."
  [library thing type]
  (let [[generation description made] (described library type)
        owner (pointer/keeper-of thing)
        at (address thing)]
    (if (and (= :record (:kind made)) (not (:opaque made)))
      (record/at generation (:record made) at owner)
      (Pointer. at description generation owner nil))))

(defn element-at
  "What is `index` places after a structure or pointer, C's pointer + index: the structure where one lies there,
  whose fields put! writes, else a pointer."
  [thing index]
  (if (instance? Struct thing)
    (let [^Struct struct thing
          name (record/type-name struct)
          size (:size (layout/description (.generation struct) name))]
      (record/at (.generation struct) name (+ (.address struct) (* (long size) (long index)))
                 (.owner struct)))
    (pointer/advance thing index)))

(defn text
  "The UTF-8 text at a pointer: up to its NUL byte, or of so many bytes."
  ([pointer] (when pointer (pointer/read-text pointer)))
  ([pointer bytes] (when pointer (pointer/read-text pointer bytes))))

(defn byte-buffer
  "A direct ByteBuffer of the memory at a pointer: no copy. Of memory of the program's it keeps that alive; of
  C's, it is valid as long as C says."
  ^java.nio.ByteBuffer [pointer size]
  (let [at (address pointer)
        ^Store store (pointer/keeper-of pointer)
        owner (when store
                (some (fn [held] (when (and (instance? Owned held) (= at (.address ^Owned held)))
                                   (.owner ^Owned held)))
                      (.held store)))]
    (.byteBuffer ^Platform platform owner at size)))

(defn callback
  "A function of Clojure's as one of C's, for as long as the value is kept: whoever gives it to C keeps it.
  Functions that are given where C expects one need none; the library keeps those. Types by a name or spelling
  of the library's, or given. :on-error is what C gets when the function throws; zero else.

    (callback kit \"kit_visitor\" (fn [index point data] 0))
    (callback [:int :int] :int +)"
  {:arglists '([library type function & {:keys [on-error]}] [parameters result function & {:keys [on-error]}])}
  [first second function & {:as options}]
  (if (sequential? first)
    (let [{:keys [parameters result variadic]} (spelling/signature nil first second)]
      (callback/make nil {:kind "function" :parameters (mapv #(hash-map :type %) parameters)
                          :result result :variadic variadic}
                     function options))
    (let [generation (library/current first)
          described (types/canonical generation (spelling/description generation second))
          described (if (= "pointer" (:kind described)) (types/canonical generation (:to described)) described)]
      (when-not (= "function" (:kind described))
        (fail :type (str (pr-str second) " is no type of functions")))
      (callback/make generation described function options))))

;; ---- Looking ----------------------------------------------------------------------------------------

(defn names
  "The names that the headers of a library declare, of one kind or all: :function :variable :record :enum
  :enumerator :typedef :constant."
  ([library] (names library nil))
  ([library kind] (interface/names (library/current library) (when kind (name kind)))))

(defn describe
  "What the headers say of a name: a vector of maps as docs/interface.md describes them."
  [library name]
  (interface/items (library/current library) (library/c-name name)))

(defn interface-text
  "The interface of a library in a format of `nlib bind`: \"c\", \"json\", \"edn\", ..."
  [library format]
  (interface/text (library/current library) format))

(defn doc
  "Prints what the headers say of a name."
  [library name]
  (let [generation (library/current library)]
    (doseq [{:keys [item name documentation] :as found} (describe library name)
            ;; typedef struct x x
            :when (not (and (= "typedef" item) (= name (:name (:type found)))))]
      (println "-------------------------")
      (println (case item
                 "function" (function/documentation [found])
                 "record" (str (:kind found) " " name "\n" (record/fields-text generation name)
                               (when documentation (str "\n" documentation)))
                 (str item " " name
                      (when (:type found) (str " : " (types/spell (:type found))))
                      (when (some? (:value found)) (str " = " (pr-str (:value found))))
                      (when documentation (str "\n" documentation))))))))

(defn symbols
  "What a library publishes for the linker: maps of :name, :demangled, :address, :bytes and :function?."
  [library]
  (generation/symbols (library/current library)))

(defn symbol
  "A pointer to a symbol of a library, by its name in C or C++."
  [library name]
  (let [generation (library/current library)]
    (place (generation/symbol-address generation (library/c-name name)) {:kind "void"} generation)))

(defn compile-object
  "Compiles what the options of a load ask for without loading it: the bytes of one ELF object."
  ^bytes [& arguments]
  (generation/compile-object (load-arguments arguments)))
