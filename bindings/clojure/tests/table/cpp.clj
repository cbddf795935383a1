(ns table.cpp
  "The cell about C++."
  (:require [clojure.string :as string]
            [nlib.core :as n]
            [table.check :as check :refer [fails holds same]]))

(def kitpp (n/load-native-library :source (check/fixture "kitpp.cpp")))
(n/import-library! kitpp :as 'kit :namespace "kit")

(defn- overloads []
  (same 5 (kit/add 2 3))
  (same Long (class (kit/add 2 3)))
  (same 5.5 (kit/add 2.5 3.0))
  (same 5.5 (kit/add 2.5 3))
  (same 5.0 ((n/function kitpp "kit::add(double, double)") 2 3))
  (same 5 (n/call kitpp "kit::add" 2 3))
  (same 5 (n/call kitpp 'kit.add 2 3))
  (fails :arity ["kit::add takes 2 arguments, not 1" "int kit::add(int a, int b)" "double kit::add("] (kit/add 1))
  (fails :type ["no overload" "\"a\"" "int kit::add(int a, int b)"] (kit/add "a" 1))
  (fails :symbol ["no overload with these parameters" "double kit::add("] ((n/function kitpp "kit::add(long, long)") 1 2)))

(defn- defaults-and-references []
  (same 6.0 (kit/area))
  (same 20.0 (kit/area {:width 4 :height 5}))
  (same 40.0 (kit/area {:width 4 :height 5} 2))
  (fails :arity ["0 or 1 or 2 arguments, not 3"] (kit/area {:width 1} 2 3))
  (let [size (n/make kitpp "kit::Size" 1 2)]
    (kit/grow size 0.5)
    (same [1.5 2.5] [(:width size) (:height size)])
    (same 3.75 (kit/area size)))
  (let [size (n/make kitpp "kit::Size" {:width 3})]
    (same {:width 3.0 :height 0.0} @size))
  (let [size (atom {:width 1 :height 1})]
    (kit/grow size 2)
    (same {:width 3.0 :height 3.0} @size))
  (same {:width 2.0 :height 4.0} (kit/scaled {:width 1 :height 2} 2))
  (fails :type ["kit::grow, argument 1" "null"] (kit/grow nil 1)))

(defn- texts-and-enums []
  (same "hello Zoë" (kit/greet "Zoë"))
  (same "hello Zoë, hello Zoë" (kit/greet "Zoë" 2))
  (same 6 (kit/count "größ"))
  (same :Square (kit/other :Round))
  (same :Round (kit/other 2))
  (fails :type [":Oval" ":Round, :Square"] (kit/other :Oval)))

(defn- exceptions []
  (same 4 (kit/checked 4))
  (let [error (fails :exception ["kit::checked" "value -3 is below zero"] (kit/checked -3))]
    (same "value -3 is below zero" (:nlib/exception (ex-data error))))
  (same 4 (kit/checked 4)))

(defn- objects []
  (same 0 (kit/Tally.alive))
  (with-open [tally (kit/Tally 5)]
    (same 1 (kit/Tally.alive))
    (same 6 (n/invoke tally :next))
    (same 7 (kit/Tally.next tally))
    (same 7 (n/invoke tally :total))
    (same "tally 7" (n/invoke tally :label))
    (same 1 (n/invoke tally :alive))
    (let [error (fails :symbol ["kit::Tally has no method nxt"] (n/invoke tally :nxt))]
      (holds (some #{"next"} (:nlib/near (ex-data error)))))
    (fails :arity ["kit::Tally::next takes 1 argument, not 2"] (n/invoke tally :next 3)))
  (same 0 (kit/Tally.alive))
  (let [tally (n/make kitpp "kit::Tally")]
    (same 1 (n/invoke tally :next))
    (n/close! tally)
    (n/close! tally)
    (same 0 (kit/Tally.alive))
    (fails :closed ["kit::Tally was closed"] (n/invoke tally :next)))
  (n/with-scope
    (kit/Tally 1)
    (kit/Tally)
    (same 2 (kit/Tally.alive)))
  (same 0 (kit/Tally.alive))
  (fails :type ["kit::Tally::next, argument 1, this"] (kit/Tally.next (n/make kitpp "kit::Size")))
  (fails :type ["kit::Tally"] (kit/Tally "five"))
  (same 0 (kit/Tally.alive)))

(defn cpp []
  (overloads)
  (defaults-and-references)
  (texts-and-enums)
  (exceptions)
  (objects)
  (holds (string/includes? (:doc (meta #'kit/checked)) "Throws std::out_of_range below zero."))
  (same '([] [size] [size scale]) (:arglists (meta #'kit/area))))
