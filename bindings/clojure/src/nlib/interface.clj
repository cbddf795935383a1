(ns nlib.interface
  "What a library's headers declare, asked for name by name: the data of docs/interface.md with keywords as
  keys. What was read once is kept with the generation."
  (:require [clojure.edn :as edn]
            [clojure.string :as string]
            [nlib.error :as error]
            [nlib.generation :as generation]
            [nlib.memory :as memory :refer [with-frame]]
            [nlib.native :as native]
            [nlib.platform :refer [platform]])
  (:import (java.util.concurrent ConcurrentHashMap)
           (nlib.generation Generation)
           (nlib.platform Platform)))

(set! *warn-on-reflection* true)

(defn memoized
  "What `make` gives for `key`, made once for each generation. Failures are not kept."
  [^Generation generation key make]
  (let [^ConcurrentHashMap memo (.memo generation)
        found (.get memo key)]
    (if (some? found)
      found
      (let [made (make)]
        (or (.putIfAbsent memo key made) made)))))

(defn- read-names [^Generation generation kind]
  (with-frame [frame]
    (let [result (.claim frame 8 8)]
      (error/check (native/nlib_interface_names (.interfaceHandle generation)
                                                (if kind (memory/claim-text kind frame) 0)
                                                result))
      (vec (remove string/blank?
                   (string/split-lines (memory/text-at (.get64 ^Platform platform result))))))))

(defn names
  "The names of one kind, or of all where `kind` is nil."
  [generation kind]
  (memoized generation [:names kind] #(read-names generation kind)))

(defn- read-items [^Generation generation name]
  (generation/alive generation)
  (with-frame [frame]
    (let [result (.claim frame 8 8)]
      (error/check (native/nlib_interface_describe (.interfaceHandle generation)
                                                   0
                                                   (memory/claim-text name frame)
                                                   (memory/claim-text "edn" frame)
                                                   result))
      (edn/read-string (memory/text-at (.get64 ^Platform platform result))))))

(defn items
  "Everything that has this name: maps with :item, which says what each is. Throws :symbol with near names
  where there is nothing."
  [generation name]
  (memoized generation [:items name] #(read-items generation name)))

(defn items-or-nil
  "As items; nil where there is nothing, which is kept too."
  [generation name]
  (let [found (memoized generation [:items-or-nil name]
                        #(try (items generation name)
                              (catch clojure.lang.ExceptionInfo failure
                                (if (= :symbol (error/kind failure)) ::nothing (throw failure)))))]
    (when-not (= ::nothing found) found)))

(defn of-kind
  "The things of one kind that have this name."
  [generation kind name]
  (filterv #(= kind (:item %)) (items-or-nil generation name)))

(defn one
  "The thing of one kind that has this name, or nil."
  [generation kind name]
  (first (of-kind generation kind name)))

(defn text
  "The whole in a format of `nlib bind`."
  [^Generation generation format]
  (with-frame [frame]
    (let [result (.claim frame 8 8)]
      (error/check (native/nlib_interface_text (.interfaceHandle generation)
                                               (memory/claim-text format frame) result 0))
      (memory/text-at (.get64 ^Platform platform result)))))

;; ---- Numbers ----------------------------------------------------------------------------------------

(defn- expand
  "A type without the names that stand for others."
  [generation type]
  (if (= "typedef" (:kind type))
    (if-let [found (one generation "typedef" (:name type))]
      (recur generation (:type found))
      type)
    type))

(defn number
  "A number of the interface's, which is text where JSON could not hold it."
  [type value]
  (cond
    (not (string? value)) value
    (= "float" (:kind type)) (case value "inf" ##Inf "-inf" ##-Inf "nan" ##NaN (Double/parseDouble value))
    :else (let [whole (bigint value)]
            (if (<= Long/MIN_VALUE whole Long/MAX_VALUE) (long whole) whole))))

(defn integer-named
  "The value of an enumerator or constant that is an integer, nil when there is none of this name."
  [generation name]
  (some (fn [item]
          (case (:item item)
            "enumerator" (number {:kind "integer"} (:value item))
            "constant" (let [type (expand generation (:type item))]
                         (when (#{"integer" "character" "enum" "bool"} (:kind type))
                           (let [value (number type (:value item))]
                             (if (boolean? value) (if value 1 0) value))))
            nil))
        (items-or-nil generation name)))
