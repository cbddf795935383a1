(ns nlib.call
  "One call: arguments checked and passed, the library kept from being unloaded, what callbacks threw and what
  C left in memory brought back."
  (:require [clojure.string :as string]
            [nlib.callable :refer [defcallable]]
            [nlib.callback :as callback]
            [nlib.error :refer [fail]]
            [nlib.layout :as layout]
            [nlib.memory :as memory]
            [nlib.platform :refer [platform]]
            [nlib.types :as types])
  (:import (java.lang.ref Reference)
           (nlib.callback Callback)
           (nlib.generation Generation)
           (nlib.memory Addressed CallFrame)
           (nlib.platform Invoker Platform)))

(set! *warn-on-reflection* true)

(defn guarded
  "Calls `body`, which takes the values and the frame of this thread, as a call into a library: that is there
  meanwhile, memory of the frame is given back, and the failure of a callback is thrown."
  [^Generation generation ^objects values body]
  (let [frame (memory/frame)
        top (.top frame)
        spilled (.spilled frame)
        after (.afterCount frame)
        before (.failure frame)]
    (when generation (.enter generation))
    (.enter frame)
    (.setFailure frame nil)
    (try
      (let [result (body values frame)]
        (.runAfter frame after)
        result)
      (finally
        (let [failure (.failure frame)]
          (.leave frame top spilled after)
          (.setFailure frame before)
          ;; What was given must not be collected while C works with its memory.
          (Reference/reachabilityFence values)
          (when generation (.leave generation))
          (when failure (throw ^Throwable failure)))))))

(defn encode-argument
  "Passes one argument; what is wrong with it is said with its place."
  [function parameter index type value frame]
  (try
    ((:encode type) value frame)
    (catch clojure.lang.ExceptionInfo failure
      (let [data (ex-data failure)]
        (if (and (= :type (:nlib/kind data)) (not (:nlib/argument data)))
          (throw (ex-info (str function ", argument " (inc (long index))
                               (when-not (string/blank? (:name parameter)) (str ", " (:name parameter)))
                               ": " (ex-message failure))
                          (assoc data :nlib/function function :nlib/argument (inc (long index)))))
          (throw failure))))))

;; ---- Variadic arguments -----------------------------------------------------------------------------

(defn- promoted
  "How an argument of `...` is passed: whole numbers as 64 bits, which C reads as any narrower one, numbers
  with a fraction as double, text as UTF-8. Gives its kind and value."
  [function index value ^CallFrame frame]
  (cond
    (boolean? value) [:i32 (Integer/valueOf (if value 1 0))]
    (integer? value) (if (<= Long/MIN_VALUE value 18446744073709551615N)
                       [:i64 (Long/valueOf (unchecked-long (.longValue ^Number value)))]
                       (types/mismatch "integer of C's" value))
    (number? value) [:f64 (Double/valueOf (double value))]
    (char? value) [:i32 (Integer/valueOf (int value))]
    (nil? value) [:i64 (Long/valueOf 0)]
    (string? value) [:i64 (Long/valueOf (memory/claim-text value frame))]
    (instance? Addressed value) [:i64 (Long/valueOf (.address ^Addressed value))]
    :else (fail :type (str function ", argument " (inc (long index)) ": " (types/shown value)
                           " cannot be passed for `...`; numbers, text, pointers and nil can")
                {:nlib/function function :nlib/argument (inc (long index)) :nlib/value value})))

;; ---- Plans ------------------------------------------------------------------------------------------

(defn- check-possible [function types]
  (doseq [type types]
    (when (:unsupported type)
      (fail :unsupported (str function " cannot be called: " (:spelling type) ", " (:unsupported type))
            {:nlib/function function}))))

(defn- abi-of
  "Narrow arguments are widened."
  [generation type]
  (if (= :record (:kind type)) (layout/abi-of generation type) (:abi type)))

(defn plan
  "A function of an array of values that calls what is at `address`.
    :name        for messages
    :parameters  descriptions with :name and :type
    :types       their CTypes
    :result      the CType of the result
    :variadic    whether `...` follows
    :decode      what makes the result, when not the type itself does"
  [generation address {:keys [name parameters types result variadic decode]}]
  (check-possible name (conj (vec types) result))
  (let [address (long address)
        fixed (count parameters)
        types (object-array types)
        parameters (vec parameters)
        abis (mapv #(abi-of generation %) types)
        record? (= :record (:kind result))
        result-abi (if record? (layout/abi-of generation result) (:result-abi result))
        decode (or decode (:decode result))
        signature {:arguments abis :result result-abi :fixed (when variadic fixed)}
        ^Invoker fixed-invoker (when-not variadic (.invoker ^Platform platform signature address))
        invokers (atom {})
        invoker-for (fn [kinds]
                      (or (@invokers kinds)
                          (let [made (.invoker ^Platform platform
                                               (update signature :arguments into kinds) address)]
                            (swap! invokers assoc kinds made)
                            made)))
        extra (if record? 1 0)]
    (fn [^objects values ^CallFrame frame]
      (let [given (alength values)
            arguments (object-array (+ extra given))
            result-at (when record? (.claim frame (:size result) (:alignment result)))]
        (when record? (aset arguments 0 result-at))
        (dotimes [index fixed]
          (aset arguments (+ extra index)
                (encode-argument name (nth parameters index) index (aget types index) (aget values index) frame)))
        (let [^Invoker invoker
              (if variadic
                (let [rest (mapv #(promoted name % (aget values %) frame) (range fixed given))]
                  (dotimes [index (count rest)]
                    (aset arguments (+ extra fixed index) (second (nth rest index))))
                  (invoker-for (mapv first rest)))
                fixed-invoker)
              raw (.invoke invoker arguments)]
          (if record? ((:read result) result-at) (decode raw)))))))

;; ---- Pointers to functions --------------------------------------------------------------------------

(defn check-count
  "Throws unless as many values are there as a function of one form takes."
  [function spelling expected variadic given]
  (let [expected (long expected), given (long given)]
    (when-not (if variadic (<= expected given) (= expected given))
      (fail :arity (str function " takes " (when variadic "at least ") expected " argument"
                        (when-not (= 1 expected) "s") ", not " given ": " spelling)
            {:nlib/function function :nlib/given given}))))

;; A function of C's that was given as a pointer. `run` takes an array of values.
(defcallable FunctionPointer [^long at description ^Generation generation run]
  (call-with [_ values] (run values))
  Addressed
  (address [_] at)
  (pointee [_] description))

(defmethod print-method FunctionPointer [^FunctionPointer pointer ^java.io.Writer writer]
  (.write writer (str "#nlib/pointer [" (types/spell {:kind "pointer" :to (.description pointer)}) " 0x"
                      (Long/toHexString (.at pointer)) "]")))

(defn- callable [generation description at]
  (let [spelling (types/spell {:kind "pointer" :to description})
        {:keys [parameters variadic]} description
        made (delay (plan generation at
                          {:name spelling
                           :parameters parameters
                           :types (mapv #(types/type-of generation (:type %)) parameters)
                           :result (types/type-of generation (:result description))
                           :variadic variadic}))]
    (FunctionPointer. at description generation
                      (fn [^objects values]
                        (check-count spelling spelling (count parameters) variadic (alength values))
                        (let [body @made]
                          (guarded generation values body))))))

(defn- kept-callback
  "The callback of a function that was given where C expects one: the same for the same function, and kept by
  the library, as C may keep it."
  ^Callback [generation description function]
  (if generation
    (let [key [:callback description function]
          ^java.util.concurrent.ConcurrentHashMap memo (.memo ^Generation generation)]
      (or (.get memo key)
          (let [made (callback/make generation description function nil)]
            (or (.putIfAbsent memo key made) made))))
    (callback/make generation description function nil)))

(defmethod types/make "function" [generation description]
  (assoc (types/unsupported description "functions are passed as pointers to them")
         :kind :function
         :unsupported nil
         :callable #(callable generation description %)
         :callback #(kept-callback generation description %)))
