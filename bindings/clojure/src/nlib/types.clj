(ns nlib.types
  "Types of C as what reads, writes and passes their values.

  A CType has
    :kind       a keyword: :void :bool :integer :character :float :enum :record :array :pointer :function
    :spelling   as C writes it
    :size, :alignment  in bytes
    :abi        the platform's kind of an argument, :result-abi that of a result
    :read       (address) -> value
    :write      (value, address, keeper): memory that the value needs besides is the keeper's
    :encode     (value, frame) -> what the platform passes
    :decode     (what the platform gives) -> value
    :score      (value) -> how well it fits an overload, from 0, not at all, to 30
    :unsupported  why there is no way to pass it; then the functions throw.
  Values that do not fit are errors of the kind :type."
  (:require [clojure.string :as string]
            [nlib.error :refer [fail]]
            [nlib.interface :as interface]))

(set! *warn-on-reflection* true)

(defrecord CType [kind spelling size alignment abi result-abi read write encode decode score])

(defmulti make
  "The CType of a description (docs/interface.md, Types) in a generation, which may be nil for types
  without names."
  (fn [_generation description] (:kind description)))

(defn type-of
  "As make; made once."
  ^CType [generation description]
  (if generation
    (interface/memoized generation [:type description] #(make generation description))
    (make generation description)))

;; ---- Descriptions -----------------------------------------------------------------------------------

(declare spell)

(defn- spell-pointer [description inner]
  (let [to (:to description)]
    (if (= "function" (:kind to))
      (str (spell (:result to)) " (*" inner ")("
           (string/join ", " (concat (map #(spell (:type %)) (:parameters to)) (when (:variadic to) ["..."])))
           ")")
      (let [spelled (spell to)]
        (str spelled (if (re-find #"[*&]$" spelled) "" " ") "*" inner)))))

(defn spell
  "A type as C writes it."
  [description]
  (let [text (case (:kind description)
               "void" "void"
               "bool" "bool"
               ("integer" "character" "float" "typedef" "record" "enum") (:name description)
               "pointer" (spell-pointer description "")
               "reference" (str (spell (:to description)) (if (:rvalue description) " &&" " &"))
               "array" (str (spell (:of description)) "[" (:length description) "]")
               "vector" (str (spell (:of description)) " x " (:length description))
               "function" (spell-pointer {:to description} "")
               "unsupported" (:spelling description))]
    (if (:const description)
      (if (= "pointer" (:kind description)) (str text "const") (str "const " text))
      text)))

(defn declare-as
  "A type with the name of what is of it, which may be empty: \"char *text\", \"int (*f)(int)\"."
  [description name]
  (if (and (= "pointer" (:kind description)) (= "function" (:kind (:to description))))
    (spell-pointer description name)
    (let [spelled (spell description)]
      (str spelled (when-not (or (string/blank? name) (re-find #"[*&]$" spelled)) " ") name))))

(defn canonical
  "A description without typedefs and qualifiers on its outside."
  [generation description]
  (if (and generation (= "typedef" (:kind description)))
    (if-let [found (interface/one generation "typedef" (:name description))]
      (recur generation (cond-> (:type found) (:const description) (assoc :const true)))
      {:kind "record" :name (:name description)})
    (dissoc description :const :volatile)))

(defn constant?
  "Whether a description is const, perhaps by way of a typedef."
  [generation description]
  (or (:const description)
      (and generation
           (= "typedef" (:kind description))
           (when-let [found (interface/one generation "typedef" (:name description))]
             (recur generation (:type found))))))

;; ---- Errors -----------------------------------------------------------------------------------------

(defn shown
  "A value for a message, not at length, and what it is."
  [value]
  (if (some-> value class .isArray)
    (str "a " (.getSimpleName (.getComponentType (class value))) " array")
    (let [text (binding [*print-length* 8, *print-level* 3] (pr-str value))
          text (if (< 60 (count text)) (str (subs text 0 57) "...") text)]
      (if (or (nil? value) (boolean? value)) text (str text " (" (.getSimpleName (class value)) ")")))))

(defn mismatch
  "Throws that a value is none of a type, with a hint where there is one."
  ([spelling value] (mismatch spelling value nil))
  ([spelling value hint]
   (fail :type (str (shown value) " is no " spelling (when hint (str "; " hint)))
         {:nlib/type spelling :nlib/value value})))

(defn unsupported
  "The CType of what cannot be passed or read here."
  [description why]
  (let [spelling (spell description)
        refuse (fn [& _] (fail :unsupported (str spelling ": " why) {:nlib/type spelling}))]
    (assoc (->CType :unsupported spelling (:size description 0) 1 :void :void
                    (fn [^long _address] (refuse)) (fn [_value ^long _address _keeper] (refuse))
                    refuse refuse (constantly 0))
           :unsupported why)))

(defmethod make :default [_generation description]
  (unsupported description "this package has no values for it"))

(defmethod make "unsupported" [_generation description]
  (unsupported description "C code can use it, other languages cannot"))

(defmethod make "vector" [_generation description]
  (unsupported description "vectors of the processor's are beyond the Java platform's calls"))

;; ---- Names that stand for others --------------------------------------------------------------------

(defmethod make "typedef" [generation description]
  (let [found (when generation (interface/one generation "typedef" (:name description)))]
    (when-not found
      (fail :symbol (str "there is no type " (:name description)) {:nlib/type (:name description)}))
    (let [made (type-of generation (cond-> (:type found) (:const description) (assoc :const true)))]
      (if (#{:record :enum :pointer} (:kind made))
        made
        (assoc made :spelling (spell description))))))
