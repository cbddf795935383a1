(ns nlib.spelling
  "Types as people write them: keywords such as :int and ::nlib.core/pointer, C's spelling as text, \"const
  char *\", or the interface's own descriptions."
  (:require [clojure.string :as string]
            [nlib.error :refer [fail]]
            [nlib.interface :as interface]))

(set! *warn-on-reflection* true)

(defn- integer [name size signed] {:kind "integer" :name name :size size :signed signed})

(def ^:private character {:kind "character" :name "char" :size 1 :signed true})

;; For x86-64 and 64-bit ARM under Linux.
(def ^:private scalars
  {"void" {:kind "void"}
   "bool" {:kind "bool"}
   "_Bool" {:kind "bool"}
   "char" character
   "signed char" (integer "signed char" 1 true)
   "unsigned char" (integer "unsigned char" 1 false)
   "short" (integer "short" 2 true)
   "unsigned short" (integer "unsigned short" 2 false)
   "int" (integer "int" 4 true)
   "unsigned int" (integer "unsigned int" 4 false)
   "long" (integer "long" 8 true)
   "unsigned long" (integer "unsigned long" 8 false)
   "long long" (integer "long long" 8 true)
   "unsigned long long" (integer "unsigned long long" 8 false)
   "int8_t" (integer "int8_t" 1 true)
   "uint8_t" (integer "uint8_t" 1 false)
   "int16_t" (integer "int16_t" 2 true)
   "uint16_t" (integer "uint16_t" 2 false)
   "int32_t" (integer "int32_t" 4 true)
   "uint32_t" (integer "uint32_t" 4 false)
   "int64_t" (integer "int64_t" 8 true)
   "uint64_t" (integer "uint64_t" 8 false)
   "intptr_t" (integer "intptr_t" 8 true)
   "uintptr_t" (integer "uintptr_t" 8 false)
   "size_t" (integer "size_t" 8 false)
   "ssize_t" (integer "ssize_t" 8 true)
   "ptrdiff_t" (integer "ptrdiff_t" 8 true)
   "float" {:kind "float" :name "float" :size 4}
   "double" {:kind "float" :name "double" :size 8}})

(def ^:private keywords
  (merge {"pointer" {:kind "pointer" :to {:kind "void"}}
          "string" {:kind "pointer" :to (assoc character :const true)}
          "uchar" (scalars "unsigned char"), "ushort" (scalars "unsigned short")
          "uint" (scalars "unsigned int"), "ulong" (scalars "unsigned long")
          "int8" (scalars "int8_t"), "uint8" (scalars "uint8_t"), "int16" (scalars "int16_t")
          "uint16" (scalars "uint16_t"), "int32" (scalars "int32_t"), "uint32" (scalars "uint32_t")
          "int64" (scalars "int64_t"), "uint64" (scalars "uint64_t"), "size" (scalars "size_t")}
         scalars))

(defn- unknown [text]
  (fail :type (str (pr-str text) " is no type. A type is a keyword ("
                   (string/join ", " (map keyword (sort (remove #(re-find #"[ _]" %) (keys keywords)))))
                   "), a type of C's such as \"unsigned int\" or \"const char *\", or one of the library's.")
        {:nlib/type text}))

(defn- of-library [generation text]
  (or (when generation
        (some (fn [{:keys [item name]}]
                (when (#{"record" "enum" "typedef"} item) {:kind item :name name}))
              (interface/items-or-nil generation text)))
      (unknown text)))

;; `unsigned`, `long int` and their like, as `scalars` has them.
(defn- base-name [words]
  (let [words (remove #{"const" "volatile" "struct" "union" "enum" "class"} words)
        integral (frequencies (filter #{"signed" "unsigned" "long" "short" "int" "char"} words))]
    (if (and (seq words) (= (count words) (reduce + (vals integral))))
      (string/join " " (concat (when (or (integral "unsigned")) ["unsigned"])
                               (when (and (integral "signed") (integral "char")) ["signed"])
                               (cond (integral "char") ["char"]
                                     (integral "short") ["short"]
                                     (integral "long") (repeat (integral "long") "long")
                                     :else ["int"])))
      (string/join " " words))))

(defn- parse [generation text]
  (let [[_ base stars] (or (re-matches #"(?s)\s*([^*&]*?)((?:\s*\*\s*(?:const\s*)?)*)" text) (unknown text))
        words (string/split (string/trim base) #"\s+")
        name (base-name words)
        start (cond-> (or (scalars name) (of-library generation name))
                (some #{"const"} words) (assoc :const true))]
    (reduce (fn [type _] {:kind "pointer" :to type}) start (filter #{\*} stars))))

(defn description
  "The description of a type as people write it."
  [generation type]
  (cond
    (and (map? type) (:kind type)) type
    (string? type) (parse generation type)
    (keyword? type) (or (keywords (name type)) (of-library generation (name type)))
    (symbol? type) (or (keywords (name type)) (of-library generation (str type)))
    :else (unknown type)))

(defn signature
  "Parameters and result as nlib.function takes them. A symbol & at the end of the parameters stands for
  `...`."
  [generation parameters result]
  (let [variadic (= '& (last parameters))]
    {:parameters (mapv #(description generation %) (if variadic (butlast parameters) parameters))
     :result (description generation result)
     :variadic variadic}))
