(ns nlib.callback
  "Functions of Clojure's that C calls.

  What one throws does not reach C: the callback gives C zero, or :on-error, and the call that ran it throws
  when it returns. On a thread that no call of this package runs on, the next call into the library that
  returns throws it: of several the first, which says how many came after it."
  (:require [nlib.error :refer [fail]]
            [nlib.layout :as layout]
            [nlib.memory :as memory]
            [nlib.platform :refer [platform]]
            [nlib.types :as types])
  (:import (nlib.generation Generation)
           (nlib.memory Addressed CallFrame)
           (nlib.platform Owned Platform)))

(set! *warn-on-reflection* true)

;; Native code that calls a function; `description` is the type of that function. It lives as long as this
;; object: whoever gives it to C keeps it, and so does the library for functions that are given directly.
(deftype Callback [^Owned code description function]
  Addressed
  (address [_] (.address code))
  (pointee [_] description))

(defmethod print-method Callback [^Callback callback ^java.io.Writer writer]
  (.write writer (str "#nlib/callback [" (types/spell {:kind "pointer" :to (.description callback)}) " 0x"
                      (Long/toHexString (.address callback)) "]")))

(defn- abi-of [generation type]
  (if (= :record (:kind type)) (layout/abi-of generation type) (:result-abi type)))

(defn- result-abi
  "Narrow results are widened, as C's callers expect."
  [generation type]
  (if (= :record (:kind type)) (layout/abi-of generation type) (:abi type)))

(defn- zero-of [abi]
  (case abi
    :void nil, :i32 (Integer/valueOf 0), :i64 (Long/valueOf 0), :f32 (Float/valueOf (float 0)),
    :f64 (Double/valueOf 0.0), nil))

(defn- check-possible [generation description types]
  (doseq [type types]
    (cond
      (not (or (:unsupported type) (layout/passable? generation type)))
      (fail :unsupported
            (str "a callback " (types/spell {:kind "pointer" :to description}) " takes or gives "
                 (:spelling type) " by value, which " (.label ^Platform platform) " cannot pass. "
                 (when-not (.passesRecords ^Platform platform) "Run on JDK 22 or later, or write it in C.")))
      (:unsupported type)
      (fail :unsupported (str "a callback with " (:spelling type) ": " (:unsupported type))))))

(defn- encode-result
  "What C is given. Memory for it cannot end with the callback's frame, so there is none for text."
  [description type value ^CallFrame frame]
  (try
    (when (and (= :pointer (:kind type)) (or (string? value) (map? value) (sequential? value)))
      (types/mismatch (:spelling type) value
                      "a callback gives memory that outlives it: nlib.core/c-string, nlib.core/array"))
    ((:encode type) value frame)
    (catch clojure.lang.ExceptionInfo failure
      (throw (ex-info (str "the result of a callback " (types/spell {:kind "pointer" :to description}) ": "
                           (ex-message failure))
                      (ex-data failure))))))

(defn- failed
  "Keeps a failure for the call that runs on this thread, or for the library's next one."
  [^Generation generation ^CallFrame frame calling ^Throwable failure]
  (if calling
    (if-let [^Throwable first (.failure frame)]
      (when-not (identical? first failure) (.addSuppressed first failure))
      (.setFailure frame failure))
    (let [thread (.getName (Thread/currentThread))
          wrapped (ex-info (str "a callback failed on thread " thread ": " (or (ex-message failure) failure))
                           {:nlib/kind :callback :nlib/thread thread}
                           failure)]
      (if generation
        (.failed generation wrapped)
        (.uncaughtException (.getUncaughtExceptionHandler (Thread/currentThread))
                            (Thread/currentThread) wrapped)))))

(defn make
  "Native code of the function type `description` that calls `function`. Of the options, :on-error is what C
  is given when it throws."
  ^Callback [generation description function {:keys [on-error]}]
  (let [parameters (mapv #(types/type-of generation (:type %)) (:parameters description))
        result (types/type-of generation (:result description))
        decoders (object-array (map #(:decode-argument % (:decode %)) parameters))
        abi (result-abi generation result)
        record-size (when (= :record (:kind result)) (:size result))
        fallback (fn [frame]
                   (cond
                     (some? on-error) ((:encode result) on-error frame)
                     record-size (.claim ^CallFrame frame record-size 16)
                     :else (zero-of abi)))
        void? (= :void (:kind result))]
    (when (:variadic description)
      (fail :unsupported (str "a callback with `...`: " (types/spell {:kind "pointer" :to description})
                              ". Write it in C.")))
    (check-possible generation description (conj parameters result))
    (let [run (fn [^objects given]
                (let [frame (memory/frame)
                      calling (pos? (.depth frame))
                      top (.top frame)
                      spilled (.spilled frame)
                      after (.afterCount frame)]
                  (.enter frame)
                  (try
                    (dotimes [index (alength given)]
                      (aset given index ((aget decoders index) (aget given index))))
                    (let [value (case (alength given)
                                  0 (function)
                                  1 (function (aget given 0))
                                  2 (function (aget given 0) (aget given 1))
                                  3 (function (aget given 0) (aget given 1) (aget given 2))
                                  (apply function given))]
                      (when-not void? (encode-result description result value frame)))
                    (catch Throwable failure
                      (failed generation frame calling failure)
                      (when-not void? (fallback frame)))
                    ;; A record that is given lies there still when the platform copies it.
                    (finally (.leave frame top spilled after)))))]
      (Callback. (.callback ^Platform platform
                            {:arguments (mapv #(abi-of generation %) parameters) :result abi}
                            run)
                 description
                 function))))
