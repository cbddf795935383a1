(ns nlib.task
  "Loads beside the program."
  (:require [nlib.context :as context]
            [nlib.error :as error]
            [nlib.generation :as generation]
            [nlib.library :as library]
            [nlib.memory :as memory :refer [with-frame]]
            [nlib.native :as native]
            [nlib.platform :refer [platform]]
            [nlib.request :as request])
  (:import (clojure.lang IBlockingDeref IDeref IPending)
           (java.util.concurrent CancellationException CompletableFuture ExecutionException Future TimeUnit
                                 TimeoutException)
           (nlib.generation Generation)
           (nlib.platform Platform)))

(set! *warn-on-reflection* true)

;; NLIB_FOREVER
(def ^:private forever -1)

(defn- outcome
  "Waits for an nlib_task to end: its library; throws its error."
  [task options]
  (with-frame [frame]
    (let [result (.claim frame 8 8)]
      (error/check (native/nlib_task_wait task forever result))
      (let [^Generation loaded (generation/generation (.get64 ^Platform platform result))]
        (when-let [granted (:host-symbols options)] (.hold loaded granted))
        (library/library options loaded)))))

(defn- wait-for
  "The thread that waits for a task, completes its future and frees it. It keeps no program from ending."
  [task options ^CompletableFuture completed]
  (doto (Thread. (fn []
                   (try (.complete completed (outcome task options))
                        (catch Throwable failure (.completeExceptionally completed failure))
                        (finally (native/nlib_task_free task))))
                 "nlib load")
    (.setDaemon true)
    .start))

(defn- cancelled? [^CompletableFuture completed]
  (and (.isDone completed)
       (= :cancelled (try (.join completed) nil
                          (catch java.util.concurrent.CompletionException failure
                            (error/kind (ex-cause failure)))))))

(defn- unwrapped
  "Gets the library, or throws what the load threw."
  [get]
  (try (get)
       (catch ExecutionException failure (throw (.getCause failure)))))

;; What future-cancel, realized?, deref with and without a time, and Java's Future do.
(deftype Task [task ^CompletableFuture completed]
  Future
  (get [_] (.get completed))
  (get [_ time unit] (.get completed time unit))
  (isDone [_] (.isDone completed))
  (isCancelled [_] (boolean (cancelled? completed)))
  (cancel [_ _interrupt]
    (if (.isDone completed)
      false
      (do (native/nlib_task_cancel task)
          true)))
  IDeref
  (deref [_] (unwrapped #(.get completed)))
  IBlockingDeref
  (deref [_ milliseconds otherwise]
    (try (unwrapped #(.get completed milliseconds TimeUnit/MILLISECONDS))
         (catch TimeoutException _ otherwise)))
  IPending
  (isRealized [_] (.isDone completed)))

(defmethod print-method Task [^Task task ^java.io.Writer writer]
  (.write writer (str "#nlib/load [" (cond (not (realized? task)) "running"
                                           (future-cancelled? task) "cancelled"
                                           :else "done") "]")))

(prefer-method print-method Task IDeref)

(defn start
  "Begins to load what the options ask for."
  ^Task [options]
  (let [context (or (:context options) (context/default))]
    (with-frame [frame]
      (let [request (request/claim-request options frame)
            result (.claim frame 8 8)]
        (error/check (native/nlib_load_start (context/handle context) request 0 0 result))
        (let [task (.get64 ^Platform platform result)
              completed (CompletableFuture.)]
          (wait-for task options completed)
          (Task. task completed))))))
