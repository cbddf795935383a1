(ns nlib.generation
  "Loaded code. What people hold is a Library (nlib.library), which has another generation after each
  reload."
  (:require [nlib.context :as context]
            [nlib.error :as error :refer [fail]]
            [nlib.memory :as memory :refer [with-frame]]
            [nlib.native :as native]
            [nlib.platform :refer [platform]]
            [nlib.request :as request])
  (:import (clojure.lang Atom)
           (java.util.concurrent ConcurrentHashMap)
           (java.util.concurrent.atomic AtomicLong AtomicReference LongAdder)
           (nlib.memory Keeper Store)
           (nlib.platform Platform)))

(set! *warn-on-reflection* true)

(definterface Code
  ;; Before a call into the library; throws where it is unloaded. As often as `leave`.
  (^void enter [])
  ;; After it.
  (^void leave [])
  (^boolean isLoaded [])
  (^void unload [])
  ;; A callback failed on a thread that no call of ours runs on: the next call to end throws it, or the first
  ;; of several.
  (^void failed [failure])
  (^long interfaceHandle []))

(defn- unloaded [name]
  (fail :unloaded (str name " was unloaded, and with it its functions and memory. Load it again, or call "
                       "nlib.core/reload! on the library.")
        {:nlib/library name}))

(defn- in-use [name]
  (fail :in-use (str name " cannot be unloaded while one of its functions runs: it stays loaded. "
                     "Unload it after the call has returned, not in a callback.")
        {:nlib/library name}))

(defn- with-further
  "The failure to throw of a first one and the number of those that came after it."
  [[failure further]]
  (ex-info (str (ex-message failure)
                (when (pos? (long further)) (str " (the first of " (inc (long further)) " failures)")))
           (assoc (ex-data failure) :nlib/further further)
           (ex-cause failure)))

(defn- open-interface ^long [^long handle]
  (with-frame [frame]
    (let [result (.claim frame 8 8)]
      (error/check (native/nlib_interface_open handle result))
      (.get64 ^Platform platform result))))

;; `running` counts calls. A call counts itself before it looks at `state`, and whoever unloads changes
;; `state` before it looks at the count: so one of the two sees the other.
;; `interface` is the nlib_interface, 0 before it is needed. `memo` holds what was made of the interface,
;; `store` what has to live as long as the code. `failures` is of callbacks on threads of C's, and no call
;; has thrown them yet: nil, or the first and the number of those after it.
(deftype Generation [^long handle ^String name ^LongAdder running ^AtomicReference state
                     ^AtomicLong interface ^Atom failures
                     ^ConcurrentHashMap memo ^Store store]
  Code
  (enter [this]
    (.increment running)
    (when-not (identical? (.get state) :loaded)
      (.decrement running)
      ;; While somebody tries to unload, wait for how it ends.
      (locking this
        (when-not (identical? (.get state) :loaded) (unloaded name))
        (.increment running))))
  (leave [_]
    (.decrement running)
    (when @failures
      (when-let [found (first (reset-vals! failures nil))]
        (throw (with-further found)))))
  (isLoaded [_] (identical? (.get state) :loaded))
  (unload [this]
    (locking this
      (when (identical? (.get state) :unloaded) (unloaded name))
      (.set state :closing)
      (try
        (when (pos? (.sum running)) (in-use name))
        (when-not (zero? (.get interface))
          (native/nlib_interface_free (.getAndSet interface 0)))
        (error/check (native/nlib_unload handle))
        (.set state :unloaded)
        (finally
          (.compareAndSet state :closing :loaded)))
      (native/nlib_release handle)
      (.clear memo)
      nil))
  (failed [_ failure]
    (swap! failures (fn [[before further]] (if before [before (inc (long further))] [failure 0])))
    nil)
  (interfaceHandle [this]
    (when (zero? (.get interface))
      (locking this
        (when-not (identical? (.get state) :loaded) (unloaded name))
        (when (zero? (.get interface))
          (.set interface (open-interface handle)))))
    (.get interface))
  Keeper
  (claim [_ size alignment] (.claim store size alignment))
  (hold [_ thing] (.hold store thing)))

;; What has a generation now, perhaps another one later.
(definterface Holder
  (^nlib.generation.Generation current []))

(def ^:private ^java.util.Set loaded
  "What is loaded. C may call back as long as it is, whether or not the program still holds the library: so
  what it was given is kept until then."
  (ConcurrentHashMap/newKeySet))

(defn- made ^Generation [^long handle]
  (Generation. handle (memory/text-at (native/nlib_name handle)) (LongAdder.)
               (AtomicReference. :loaded) (AtomicLong. 0) (atom nil) (ConcurrentHashMap.) (memory/store)))

(defn generation
  "The generation of an nlib_lib."
  ^Generation [handle]
  (doto (made handle) (->> (.add loaded))))

(defn unload
  "Unloads code; throws where that is refused."
  [^Generation generation]
  (.unload generation)
  (.remove loaded generation)
  nil)

(defn load-generation
  "Loads what the options ask for."
  ^Generation [options]
  (let [context (or (:context options) (context/default))]
    (with-frame [frame]
      (let [request (request/claim-request options frame)
            result (.claim frame 8 8)]
        (error/check (native/nlib_load (context/handle context) request result))
        (let [^Generation made (generation (.get64 ^Platform platform result))]
          ;; What the host grants has to stay as long as the code that uses it.
          (when-let [granted (:host-symbols options)] (.hold made granted))
          made)))))

(declare symbols)

(defn release
  "Gives up a handle; the code stays until the process ends."
  [^Generation generation]
  (native/nlib_release (.handle generation)))

(defn discard
  "Gives up a second handle of code for which there is another one."
  [^Generation generation]
  (release generation)
  (.remove loaded generation))

(defn same-code?
  "Whether two handles are of the same loaded code."
  [a b]
  (= (map :address (take 1 (symbols a))) (map :address (take 1 (symbols b)))))

(defn compile-object
  "The bytes of the object that a load would link."
  ^bytes [options]
  (let [context (or (:context options) (context/default))]
    (with-frame [frame]
      (let [request (request/claim-request options frame)
            result (.claim frame 8 8)]
        (error/check (native/nlib_compile (context/handle context) request result))
        (let [object (.get64 ^Platform platform result)
              bytes (byte-array (native/nlib_object_size object))]
          (try
            (.getArray ^Platform platform (long (native/nlib_object_data object)) bytes)
            bytes
            (finally (native/nlib_object_free object))))))))

;; ---- Looking up -------------------------------------------------------------------------------------

(defn alive
  "Throws where the code was unloaded; memory of its own can be read else."
  [^Generation generation]
  (when-not (.isLoaded generation) (unloaded (.name generation))))

(defn symbol-address
  "The address of a function or variable by its name in C or C++."
  ^long [^Generation generation ^String symbol]
  (alive generation)
  (with-frame [frame]
    (let [result (.claim frame 8 8)]
      (error/check (native/nlib_symbol (.handle generation) (memory/claim-text symbol frame) result))
      (.get64 ^Platform platform result))))

(defn interface-address
  "The address of a symbol of the interface's, or of a thunk."
  ^long [^Generation generation ^String symbol]
  (with-frame [frame]
    (let [result (.claim frame 8 8)]
      (error/check (native/nlib_interface_symbol (.interfaceHandle generation)
                                                 (memory/claim-text symbol frame) result))
      (.get64 ^Platform platform result))))

(defn symbols
  "All that a library publishes: maps of :name, :demangled, :address, :bytes and :function?."
  [^Generation generation]
  (alive generation)
  (with-frame [frame]
    (let [^Platform memory platform
          result (.claim frame 8 8)
          at (.claim frame 48 8)]
      (error/check (native/nlib_symbol_count (.handle generation) result))
      (mapv (fn [index]
              (.set64 memory at 48)
              (error/check (native/nlib_symbol_at (.handle generation) index at))
              {:name (memory/text-at (.get64 memory (+ at 8)))
               :demangled (memory/text-at (.get64 memory (+ at 16)))
               :address (.get64 memory (+ at 24))
               :bytes (.get64 memory (+ at 32))
               :function? (not (zero? (.get32 memory (+ at 40))))})
            (range (.get64 memory result))))))

