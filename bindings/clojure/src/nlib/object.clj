(ns nlib.object
  "Structures and objects of C++: made, and their methods called."
  (:require [nlib.callable :refer [defcallable]]
            [nlib.error :refer [fail]]
            [nlib.function :as function]
            [nlib.interface :as interface]
            [nlib.layout :as layout]
            [nlib.record :as record]
            [nlib.scope :as scope]
            [nlib.types :as types])
  (:import (nlib.generation Generation Holder)
           (nlib.record Struct)))

(set! *warn-on-reflection* true)

(defn- last-name [name] (re-find #"[^:]+$" name))

;; Methods belong to one generation: that of their object.
(deftype Fixed [^Generation generation]
  Holder
  (current [_] generation))

(defn- method [^Generation generation name]
  (interface/memoized generation [:method name] #(function/function (Fixed. generation) name nil)))

(defn- declared [generation name]
  (seq (interface/of-kind generation "function" name)))

(defn- from-map
  "A structure with the fields of a map; with its constructor without arguments where it has one."
  [generation name value constructors]
  (let [plain? (some #(= 0 (:arguments (first (sort-by :arguments (:symbols (:thunk %)))))) constructors)
        made (if plain?
               ((method generation (str name "::" (last-name name))))
               (scope/register (record/allocate generation name nil)))]
    (when (some? value) (reset! made value))
    made))

(defn make
  "A structure or object of the class `name`, which may be a typedef's. C: nothing, or a map of its fields, the
  others being zero. C++: what a constructor takes, or a map where the class is plain data."
  [^Holder holder name arguments]
  (let [generation (.current holder)
        name (layout/record-name generation name)
        {:keys [trivial]} (record/complete generation name)
        constructors (declared generation (str name "::" (last-name name)))
        value (first arguments)
        as-map? (and trivial (or (empty? arguments) (and (nil? (next arguments)) (map? value))))]
    (cond
      (or (and constructors (not as-map?))) (apply (method generation (str name "::" (last-name name))) arguments)
      as-map? (from-map generation name value constructors)
      (not trivial) (fail :unsupported (str name " has no constructor that can be called"))
      (next arguments) (fail :arity (str name " is made of a map of its fields"))
      :else (from-map generation name value nil))))

;; What makes structures of one name.
(defcallable Constructor [^Holder holder ^String name]
  (call-with [_ values] (make holder name (seq values))))

(defmethod print-method Constructor [^Constructor constructor ^java.io.Writer writer]
  (.write writer (str "#nlib/constructor " (pr-str (.name constructor)))))

(defn constructor
  "A function that makes structures of one name."
  [holder name]
  (Constructor. holder name))

(defn- method-name
  "The qualified name of a method of a class or of one of its bases."
  [generation class name]
  (let [qualified (str class "::" name)]
    (if (declared generation qualified)
      qualified
      (some #(method-name generation (:name %) name)
            (:bases (interface/one generation "record" class))))))

(defn methods-of
  "The names of the methods of a class."
  [generation class]
  (let [prefix (str class "::")]
    (distinct (for [^String name (interface/names generation "function")
                    :when (.startsWith name prefix)]
                (subs name (count prefix))))))

(defn invoke
  "Calls a method of an object."
  [^Struct object name arguments]
  (when-not (instance? Struct object)
    (fail :type (str (types/shown object) " is no object of a class")))
  (let [generation (.generation object)
        class (record/type-name object)
        name (clojure.core/name name)
        found (or (method-name generation class name)
                  (fail :symbol (str class " has no method " name)
                        {:nlib/near (vec (methods-of generation class))}))
        static? (= "static" (get-in (first (declared generation found)) [:method :kind]))]
    (apply (method generation found) (if static? arguments (cons object arguments)))))
