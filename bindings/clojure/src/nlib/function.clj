(ns nlib.function
  "Functions of a library: found by name when they are first called, and anew after a reload. An overload is
  chosen by the number of arguments, then by how well they fit."
  (:require [clojure.string :as string]
            [nlib.call :as call]
            [nlib.callable :refer [defcallable]]
            [nlib.error :as error :refer [fail]]
            [nlib.generation :as generation]
            [nlib.interface :as interface]
            [nlib.layout :as layout]
            [nlib.thunk :as thunk]
            [nlib.types :as types])
  (:import (nlib.generation Generation Holder)
           (nlib.memory Addressed)))

(set! *warn-on-reflection* true)

;; ---- Candidates -------------------------------------------------------------------------------------

(defn spell
  "A function as C declares it."
  [{:keys [name parameters result variadic method]}]
  (let [parameter (fn [{:keys [name type default]}]
                    (str (types/declare-as type name) (when default (str " = " default))))]
    (str (when (= "static" (:kind method)) "static ")
         (if (#{"constructor" "destructor"} (:kind method)) name (types/declare-as result name))
         "("
         (string/join ", " (concat (map parameter parameters) (when variadic ["..."])))
         ")"
         (when (:const method) " const"))))

;; One way to call: `item` describes it, `parameters` and `types` include the object of a method. `counts` says
;; how many arguments it takes, `bodies` has a delay of what calls with so many.
(defrecord Candidate [item spelling parameters types counts variadic bodies])

(defn- direct-body [generation {:keys [item parameters types]} address]
  (call/plan generation address
             {:name (:name item)
              :parameters parameters
              :types types
              :result (types/type-of generation (:result item))
              :decode (:decode item)
              :variadic (:variadic item)}))

(defn- handle-first
  "Types with a first one that refuses nil, when that is a pointer to what only the library knows: a handle,
  which hardly any function may be called without."
  [generation parameters types]
  (let [{:keys [kind to nullability]} (some->> parameters first :type (types/canonical generation))]
    (if (and (= "pointer" kind)
             (not= "nullable" nullability)
             (:opaque (types/type-of generation to)))
      (update types 0 (fn [{:keys [encode spelling] :as type}]
                        (assoc type :encode
                               (fn [value frame]
                                 (when (nil? value)
                                   (types/mismatch spelling value
                                                   "where C allows NULL for it, give nlib.core/null"))
                                 (encode value frame)))))
      types)))

(defn- candidate
  "Of what the interface says. A function that may throw is called through its thunk."
  [^Generation generation item]
  (let [{:keys [method thunk direct variadic]} item
        self (thunk/self-parameter item)
        parameters (vec (concat (when self [self]) (:parameters item)))
        passed (concat (when self [nil]) (:pass thunk) (repeat nil))
        types (handle-first generation parameters
                            (mapv #(thunk/argument-type generation (:type %1) %2) parameters passed))
        plain (delay (handle-first generation parameters
                                   (mapv #(types/type-of generation (:type %)) parameters)))
        direct? (and direct
                     (not (:throws thunk))
                     (every? #(layout/passable? generation %)
                             (conj @plain (types/type-of generation (:result item)))))
        extra (if self 1 0)
        known (:address item)
        address #(or known (generation/interface-address generation (:symbol item)))
        made {:item item :parameters parameters :types (if direct? @plain types)}
        of-thunk (into {} (for [{:keys [arguments symbol]} (:symbols thunk)]
                            [(+ extra (long arguments))
                             (delay (thunk/body generation made arguments
                                                (generation/interface-address generation symbol)))]))
        bodies (cond-> of-thunk
                 direct? (assoc (count parameters) (delay (direct-body generation made (address)))))]
    (when (empty? bodies)
      (fail :unsupported (str (spell item) " cannot be called through C"
                              (when (:inline item) ": it is inline, and nlib makes no thunk for it")
                              (when (and direct (not direct?)) ", as the platform cannot pass its structures by value"))
            {:nlib/function (:name item)}))
    (map->Candidate (assoc made
                           :spelling (spell item)
                           :counts (sort (keys bodies))
                           :variadic (when (and variadic direct?) (count parameters))
                           :bodies bodies))))

(defn- accepts? [{:keys [bodies variadic]} given]
  (or (contains? bodies given)
      (and variadic (<= (long variadic) (long given)))))

(defn- counts-text [candidates]
  (let [counts (sort (distinct (mapcat :counts candidates)))
        text (string/join " or " counts)]
    (str (when (some :variadic candidates) "at least ") text " argument" (when-not (= [1] counts) "s"))))

(defn- wrong-count [name candidates given]
  (fail :arity (str name " takes " (counts-text candidates) ", not " given ":"
                    (if (next candidates) "\n  " " ")
                    (string/join "\n  " (map :spelling candidates)))
        {:nlib/function name :nlib/given given}))

(defn- score
  "The sum for all arguments; nil when one does not fit."
  [{:keys [types]} values]
  (reduce (fn [^long sum [type value]]
            (let [one (long ((:score type) value))]
              (if (zero? one) (reduced nil) (+ sum one))))
          0
          (map vector types values)))

(defn- constant-method? [candidate] (get-in candidate [:item :method :const]))

(defn- choose
  "The overload for these values."
  [name candidates ^objects values]
  (let [given (alength values)
        counted (filter #(accepts? % given) candidates)]
    (case (count counted)
      0 (wrong-count name candidates given)
      1 (first counted)
      (let [scored (for [candidate counted
                         :let [score (score candidate values)]
                         :when score]
                     [score candidate])
            best (when (seq scored) (apply max (map first scored)))
            found (map second (filter #(= best (first %)) scored))
            found (or (seq (remove constant-method? found)) found)]
        (case (count found)
          0 (fail :type (str name " has no overload for " (string/join ", " (map types/shown values)) ":\n  "
                             (string/join "\n  " (map :spelling counted)))
                  {:nlib/function name})
          1 (first found)
          (fail :ambiguous (str name " is ambiguous for " (string/join ", " (map types/shown values))
                                "; name one with its parameters:\n  "
                                (string/join "\n  " (map :spelling found)))
                {:nlib/function name :nlib/near (mapv :spelling found)}))))))

(defn- body-of [{:keys [bodies variadic]} given]
  @(or (get bodies given) (get bodies variadic)))

(defn- runner
  "What takes an array of values for the candidates of one name."
  [^Generation generation name candidates]
  (if (next candidates)
    (fn [^objects values]
      (call/guarded generation values (body-of (choose name candidates values) (alength values))))
    (let [only (first candidates)
          counts (:counts only)]
      (if (and (= 1 (count counts)) (not (:variadic only)))
        (let [expected (long (first counts))
              body (get (:bodies only) expected)]
          (fn [^objects values]
            (when-not (= expected (alength values)) (wrong-count name candidates (alength values)))
            (call/guarded generation values @body)))
        (fn [^objects values]
          (when-not (accepts? only (alength values)) (wrong-count name candidates (alength values)))
          (call/guarded generation values (body-of only (alength values))))))))

;; ---- Names ------------------------------------------------------------------------------------------

(defn- without-spaces [text] (string/replace text #"\s+" ""))

(defn- split-signature
  "\"kit::add(double, double)\" as name and parameters, which are nil when there are none."
  [name]
  (let [open (string/index-of name "(")]
    (if open
      [(string/trim (subs name 0 open)) (without-spaces (subs name open))]
      [name nil])))

(defn- has-signature? [signature item]
  (= signature (without-spaces (str "(" (string/join "," (map #(types/spell (:type %)) (:parameters item))) ")"
                                    (when (get-in item [:method :const]) "const")))))

(defn- hint-untyped
  "The error of an interface that cannot be read, with what to do."
  [name failure]
  (throw (ex-info (str (ex-message failure) "\nThe header cannot be read, so the types of " name " are not known. "
                       "Correct the header, or give the types: (function library \"" name "\" [:int] :int)")
                  (ex-data failure))))

(defn- undeclared [generation name failure]
  (when (try (generation/symbol-address generation name) (catch clojure.lang.ExceptionInfo _ nil))
    (fail :symbol (str name " is in the library, but its headers do not declare it. Give its types: "
                       "(function library \"" name "\" [:int] :int)")
          {:nlib/function name}))
  (throw failure))

(defn items
  "What the interface says of the functions of a name, which may have its parameters with it."
  [generation name]
  (let [[plain signature] (split-signature name)
        found (try (interface/items generation plain)
                   (catch clojure.lang.ExceptionInfo failure
                     (case (error/kind failure)
                       :compile (hint-untyped name failure)
                       :symbol (undeclared generation plain failure)
                       (throw failure))))
        functions (filterv #(= "function" (:item %)) found)
        chosen (if signature (filterv #(has-signature? signature %) functions) functions)]
    (cond
      (empty? functions)
      (fail :symbol (str plain " is no function but a " (:item (first found))) {:nlib/function name})
      (empty? chosen)
      (fail :symbol (str plain " has no overload with these parameters:\n  "
                         (string/join "\n  " (map spell functions)))
            {:nlib/function name :nlib/near (mapv spell functions)})
      :else chosen)))

(defn- overloads
  "The candidates that can be called; throws why where none can."
  [generation items]
  (let [tried (map (fn [item]
                     (try (candidate generation item)
                          (catch clojure.lang.ExceptionInfo failure failure)))
                   items)
        found (filterv #(instance? Candidate %) tried)]
    (when (empty? found) (throw (first tried)))
    found))

(defn- explicit-item
  "As the interface would say it, of types that a person gave."
  [generation name {:keys [parameters result variadic]}]
  {:name name
   :address (generation/symbol-address generation name)
   :parameters (mapv (fn [type] {:name "" :type type}) parameters)
   :result result
   :variadic variadic
   :direct true})

(defn- raw-text
  "An item whose result, if it is text, is given as a pointer."
  [generation item]
  (let [type (types/type-of generation (:result item))]
    (cond-> item (:decode-pointer type) (assoc :decode (:decode-pointer type)))))

(defn resolve-function
  "What takes an array of values, for a name in a generation. `form` has explicit types, or nil; and :text
  :pointer where text is not to be read."
  [generation name {:keys [types text]}]
  (let [items (if types [(explicit-item generation name types)] (items generation name))
        items (if (= :pointer text) (mapv #(raw-text generation %) items) items)]
    (runner generation name (overloads generation items))))

;; ---- Functions as values ----------------------------------------------------------------------------

(definterface Resolved
  (^clojure.lang.IFn ready []))

;; `holder` has the library's code of now; `found` holds the generation it was looked up in and what runs it.
(deftype Found [generation run])

(defcallable Function [^Holder holder ^String name form ^:volatile-mutable found]
  (call-with [this values] ((.ready this) values))
  Resolved
  (ready [_]
    (let [generation (.current holder)
          ^Found before found]
      (if (and before (identical? generation (.generation before)))
        (.run before)
        (let [run (resolve-function generation name form)]
          (set! found (Found. generation run))
          run))))
  Addressed
  (address [_]
    (let [generation (.current holder)]
      (if (:types form)
        (generation/symbol-address generation name)
        (let [items (items generation name)]
          (when (or (next items) (not (:direct (first items))))
            (fail :type (str name " has no one address that C can call")))
          (generation/interface-address generation (:symbol (first items)))))))
  (pointee [_]
    (when-not (:types form)
      (let [[{:keys [parameters result variadic]} & others] (items (.current holder) name)]
        (when-not others
          {:kind "function" :parameters parameters :result result :variadic variadic})))))

(defmethod print-method Function [^Function function ^java.io.Writer writer]
  (.write writer (str "#nlib/function " (pr-str (.name function)))))

(defn function
  "A function of a library by name."
  ^Function [holder name form]
  (Function. holder name form nil))

;; ---- Documentation ----------------------------------------------------------------------------------

(defn- parameter-symbol [index {:keys [name]}]
  (symbol (if (string/blank? name) (str "arg" index) name)))

(defn- item-arglists [item]
  (let [self (when (thunk/self-parameter item) ['this])
        symbols (vec (concat self (map-indexed parameter-symbol (:parameters item))))
        fewer (for [{:keys [arguments]} (:symbols (:thunk item))]
                (subvec symbols 0 (+ (count self) (long arguments))))
        all (distinct (concat fewer [symbols]))]
    (if (:variadic item) [(into symbols ['& 'more])] all)))

(defn arglists
  "As Clojure has them."
  [items]
  (apply list (distinct (mapcat item-arglists items))))

(defn documentation
  "The declarations with their comments."
  [items]
  (string/join "\n\n"
               (for [{:keys [documentation deprecated] :as item} items]
                 (string/join "\n" (remove nil? [(str (spell item) ";")
                                                 (when deprecated (string/trim (str "Deprecated. " deprecated)))
                                                 documentation])))))
