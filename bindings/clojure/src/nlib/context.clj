(ns nlib.context
  "Contexts: what loads libraries. There is one for everybody, made when it is first needed; others have
  their own cache, profile, log."
  (:require [nlib.error :as error :refer [fail]]
            [nlib.memory :as memory :refer [with-frame]]
            [nlib.native :as native]
            [nlib.platform :refer [platform]]
            [nlib.request :as request])
  (:import (java.util.concurrent.atomic AtomicBoolean)
           (nlib.platform Owned Platform)))

(set! *warn-on-reflection* true)

;; `callbacks` are kept as long as nlib may call them.
(deftype Context [^long handle callbacks ^AtomicBoolean open]
  java.io.Closeable
  (close [_]
    (when (.compareAndSet open true false)
      (native/nlib_close handle))))

(defn- open? [^Context context] (.get ^AtomicBoolean (.open context)))

(defmethod print-method Context [^Context context ^java.io.Writer writer]
  (.write writer (if (open? context) "#nlib/context \"open\"" "#nlib/context \"closed\"")))

(defn handle
  "The nlib_ctx of an open context."
  ^long [context]
  (when-not (instance? Context context)
    (fail :argument (str (pr-str context) " is no context of nlib's; nlib.core/open-context makes one")))
  (when-not (open? context)
    (fail :closed "this context was closed; open another with nlib.core/open-context"))
  (.handle ^Context context))

(def ^:private levels {1 :warning 2 :info 3 :debug})

(def ^:private progress-kinds
  {1 :fetch 2 :compiles 3 :compile-started 4 :unit-ready 5 :unit-failed 6 :loaded})

(defn- quietly
  "Calls a function of the user's that nlib calls, by any thread: what it throws goes to the handler of
  uncaught exceptions, as nothing may be thrown through nlib."
  [function & arguments]
  (try (apply function arguments)
       (catch Throwable failure
         (let [thread (Thread/currentThread)]
           (.uncaughtException (.getUncaughtExceptionHandler thread) thread failure)))))

(defn- log-callback ^Owned [function]
  (.callback ^Platform platform {:arguments [:i64 :i32 :i64] :result :void}
             (fn [^objects arguments]
               (quietly function {:level (levels (aget arguments 1) :debug)
                                  :message (memory/text-at (long (aget arguments 2)))})
               nil)))

(defn- progress-at [^long at]
  (let [^Platform memory platform
        text (fn [^long offset] (memory/text-at (.get64 memory (+ at offset))))]
    {:kind (progress-kinds (.get32 memory (+ at 8)) :unknown)
     :cached (not (zero? (.get32 memory (+ at 12))))
     :library (text 16)
     :unit (text 24)
     :count (.get64 memory (+ at 32))
     :elapsed-ns (.get64 memory (+ at 40))}))

(defn- progress-callback ^Owned [function]
  (.callback ^Platform platform {:arguments [:i64 :i64] :result :void}
             (fn [^objects arguments]
               (quietly function (progress-at (long (aget arguments 1))))
               nil)))

(defn open
  "A new context."
  ^Context [options]
  (with-frame [frame]
    (let [log (some-> (:log options) log-callback)
          progress (some-> (:progress options) progress-callback)
          address (fn [callback] (if callback (.address ^Owned callback) 0))
          request (request/claim-options options (address log) (address progress) frame)
          result (.claim frame 8 8)]
      (error/check (native/nlib_open request result))
      (Context. (.get64 ^Platform platform result) [log progress] (AtomicBoolean. true)))))

(def ^:private shared
  (delay
    (let [context (open {})]
      ;; What is being written into the cache is finished, and the compiler's processes end.
      (.addShutdownHook (Runtime/getRuntime) (Thread. #(.close ^Context context)))
      context)))

(defn default
  "The context of everybody who names none."
  ^Context []
  @shared)
