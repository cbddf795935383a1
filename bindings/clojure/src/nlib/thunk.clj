(ns nlib.thunk
  "Calls through thunks (docs/interface.md): C++ objects, references, records and strings by value,
  exceptions."
  (:require [nlib.call :as call]
            [nlib.error :refer [fail]]
            [nlib.generation :as generation]
            [nlib.interface :as interface]
            [nlib.layout :as layout]
            [nlib.memory :as memory]
            [nlib.platform :refer [platform]]
            [nlib.record :as record]
            [nlib.scope :as scope]
            [nlib.types :as types])
  (:import (nlib.generation Generation)
           (nlib.memory CallFrame)
           (nlib.platform Invoker Platform)
           (nlib.record Struct)))

(set! *warn-on-reflection* true)

(def ^:private ^Platform memory platform)

;; ---- Arguments --------------------------------------------------------------------------------------

(defn self-parameter
  "The object of a method or destructor as a parameter; nil for other functions."
  [{:keys [method]}]
  (when (#{"method" "destructor"} (:kind method))
    {:name "this"
     :type {:kind "pointer" :nullability "nonnull"
            :to (cond-> {:kind "record" :name (:record method)} (:const method) (assoc :const true))}}))

(def ^:private text-type
  {:kind "pointer" :nullability "nonnull"
   :to {:kind "character" :name "char" :size 1 :signed true :const true}})

(defn argument-type
  "The CType of an argument that a thunk takes as `pass` says."
  [generation type pass]
  (case pass
    "string" (assoc (types/type-of generation text-type) :spelling "std::string")
    "pointer" (assoc (types/type-of generation {:kind "reference" :to (assoc type :const true)})
                     :spelling (types/spell type))
    (types/type-of generation type)))

;; ---- Ends of objects --------------------------------------------------------------------------------

(declare body)

(defn- last-name [name]
  (re-find #"[^:]+$" name))

(defn- destructor
  "What ends an object at an address; nil where its class has no destructor that can be called."
  [^Generation generation name]
  (let [{:keys [symbols throws]} (:thunk (interface/one generation "function" (str name "::~" (last-name name))))
        signature {:arguments (if throws [:i64 :i64] [:i64]) :result :void}
        invoker (delay (.invoker memory signature
                                 (generation/interface-address generation (:symbol (first symbols)))))
        end (fn [at]
              (fn [_ ^CallFrame frame]
                (.invoke ^Invoker @invoker
                         (object-array (if throws [at (.claim frame 8 8)] [at])))))]
    (when (seq symbols)
      (fn [at]
        ;; After the library was unloaded there is nothing left to end.
        (when (.isLoaded generation)
          (call/guarded generation (object-array 0) (end at)))))))

(defn- allocate
  "Memory for an object, with its destructor for when it is closed."
  ^Struct [generation name]
  (let [end (interface/memoized generation [:destructor name] #(or (destructor generation name) false))]
    (record/allocate generation name (or end nil))))

;; ---- Exceptions -------------------------------------------------------------------------------------

(defn- free-text
  "The text that a thunk gave, which is freed."
  [generation at]
  (let [text (memory/text-at at)
        free (interface/memoized generation :thunk-free
                                 #(.invoker memory {:arguments [:i64] :result :void}
                                            (generation/interface-address generation "nlib_thunk_free")))]
    (.invoke ^Invoker free (object-array [at]))
    text))

(defn- check-exception [generation name ^long at]
  (let [message (.get64 memory at)]
    (when-not (zero? message)
      (let [text (free-text generation message)]
        (fail :exception (str name " threw: " text) {:nlib/function name :nlib/exception text})))))

;; ---- Results ----------------------------------------------------------------------------------------

(defn- value-of-reference
  "What a reference becomes: the value itself where it may not be changed and is no record."
  [generation {:keys [to] :as description}]
  (let [decode (:decode (types/type-of generation description))
        pointee (types/type-of generation to)]
    (if (and (types/constant? generation to) (not= :record (:kind pointee)) (not (:unsupported pointee)))
      (fn [given] ((:read pointee) (long given)))
      decode)))

(defn- value-decoder [generation item returns]
  (case returns
    "string" (fn [given] (when-not (zero? (long given)) (free-text generation given)))
    "reference" (value-of-reference generation (:result item))
    (or (:decode item) (:decode (types/type-of generation (:result item))))))

(defn- result-abi [generation item returns]
  (case returns
    ("string" "reference") :i64
    "pointer" :void
    (:result-abi (types/type-of generation (:result item)))))

(defn- check-possible [name types]
  (doseq [type types]
    (when (:unsupported type)
      (fail :unsupported (str name " cannot be called: " (:spelling type) ", " (:unsupported type))
            {:nlib/function name}))))

;; ---- The call ---------------------------------------------------------------------------------------

(defn body
  "A function of an array of values that calls the thunk at `address`, which takes so many arguments beside
  the object."
  [generation {:keys [item parameters types]} arguments address]
  (let [{:keys [name result method thunk]} item
        {:keys [returns throws]} thunk
        constructor? (= "constructor" (:kind method))
        made-record (cond constructor? (:record method)
                          (= "pointer" returns) (:name (types/canonical generation result)))
        trivial? (and made-record (not constructor?)
                      (:trivial (layout/description generation made-record)))
        taken (+ (long arguments) (if (self-parameter item) 1 0))
        types (vec (take taken types))
        before (if made-record 1 0)
        abi (if constructor? :void (result-abi generation item returns))
        record-type (when trivial? (types/type-of generation {:kind "record" :name made-record}))
        decode (when-not made-record (value-decoder generation item returns))
        encoders (object-array types)
        parameters (vec parameters)]
    (check-possible name types)
    (let [^Invoker invoker (.invoker memory {:arguments (vec (concat (when made-record [:i64])
                                                                     (map :abi types)
                                                                     (when throws [:i64])))
                                             :result abi}
                                     address)]
      (fn [^objects values ^CallFrame frame]
        (let [given (object-array (+ before taken (if throws 1 0)))
              object (when (and made-record (not trivial?)) (allocate generation made-record))
              result-at (cond object (Long/valueOf (.at ^Struct object))
                              trivial? (Long/valueOf (.claim frame (:size record-type) (:alignment record-type))))
              error-at (if throws (.claim frame 8 8) 0)]
          (when made-record (aset given 0 (Long/valueOf (long result-at))))
          (dotimes [index taken]
            (aset given (+ (long before) index)
                  (call/encode-argument name (nth parameters index) index (aget encoders index)
                                        (aget values index) frame)))
          (when throws (aset given (+ (long before) taken) (Long/valueOf (long error-at))))
          (let [raw (.invoke invoker given)]
            (when throws (check-exception generation name error-at))
            (cond
              object (scope/register object)
              trivial? ((:read record-type) (long result-at))
              :else (decode raw))))))))
